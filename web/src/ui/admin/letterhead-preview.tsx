// A sheet of paper with the letterhead and the place to sign, as a report has them.
import type { Letterhead } from "../../client/admin-api";
import { wholeDay } from "../i18n/format";
import { adminWords } from "./words";

export function LetterheadPreview({ of }: { readonly of: Letterhead }) {
  const l = adminWords.value.letterhead;
  const titles = of.titles.filter((title) => title.trim());
  const today = wholeDay(new Date().toISOString().slice(0, 10), false);
  return (
    <figure class="paper-figure">
      <figcaption>{l.preview}</figcaption>
      <div class="paper">
        {titles.length + of.address.length + of.logo.length === 0 ? (
          <p class="paper-none">{l.noHead}</p>
        ) : (
          <div class="paper-head">
            {of.logo && <img src={`data:image/png;base64,${of.logo}`} alt="" />}
            <div class="paper-titles">
              {titles.map((title, line) => (
                // Two lines may say the same.
                <p key={`${line} ${title}`} class={line === titles.length - 1 ? "last" : ""}>
                  {title}
                </p>
              ))}
              {of.address && <p class="paper-address">{of.address}</p>}
            </div>
          </div>
        )}
        <p class="paper-title">{l.sampleTitle}</p>
        <div class="paper-lines" aria-hidden="true">
          <span />
          <span />
          <span />
          <span />
        </div>
        <div class="paper-sign">
          <p>{of.place ? `${of.place}, ${today}` : today}</p>
          <p>{of.signerTitle}</p>
          <p class="paper-name">{of.signerName}</p>
          {of.signerNip && <p>{l.nip(of.signerNip)}</p>}
        </div>
      </div>
    </figure>
  );
}
