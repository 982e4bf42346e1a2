// The invitation as a QR code: as a picture to send, and as a sheet for the door of a room. Loaded when it is asked for.
import { encode, renderSVG } from "uqr";
import { formatMeetingId } from "../../client/links";
import { saveFile } from "../parts/save-file";
import { hostPageWords, hostWords } from "./words";

/** Pixels of one module: a code of 41 modules is a picture of about 700 pixels, sharp on paper. */
const MODULE = 16;
const BORDER = 4;

export interface InvitationQrProps {
  readonly id: string;
  readonly title: string;
  readonly link: string;
  /** "": open without a plan. */
  readonly when: string;
  /** "": not on the sheet. */
  readonly password: string;
}

export function InvitationQr({ id, title, link, when, password }: InvitationQrProps) {
  const w = hostPageWords.value;
  const h = hostWords.value.invite;
  const svg = renderSVG(link, { pixelSize: MODULE, border: BORDER, ecc: "M" });
  return (
    <section class="qr" aria-label={h.qr}>
      <div class="qr-sheet">
        <h2 class="qr-title">{title}</h2>
        {when && <p class="qr-when">{when}</p>}
        <img class="qr-code" alt={h.qr} src={`data:image/svg+xml,${encodeURIComponent(svg)}`} />
        <p>{h.qrText}</p>
        <p class="qr-id">
          {w.invitation.meetingId}: <strong class="meter-text">{formatMeetingId(id)}</strong>
        </p>
        {password && (
          <p class="qr-id">
            {w.invitation.password}: <strong>{password}</strong>
          </p>
        )}
      </div>
      <div class="meeting-acts">
        <button
          type="button"
          class="button"
          onClick={() => void png(link).then((file) => saveFile(file, `rapat-${id}.png`))}
        >
          {h.png}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => saveFile(new Blob([svg], { type: "image/svg+xml" }), `rapat-${id}.svg`)}
        >
          {h.svg}
        </button>
        <button type="button" class="button" onClick={() => window.print()}>
          {h.print}
        </button>
      </div>
    </section>
  );
}

/** Black on white, whatever the theme. */
async function png(text: string): Promise<Blob> {
  const { data, size } = encode(text, { border: BORDER, ecc: "M" });
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * MODULE;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser draws no pictures");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#000";
  data.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (dark) context.fillRect(x * MODULE, y * MODULE, MODULE, MODULE);
    });
  });
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture was made"))), "image/png"),
  );
}
