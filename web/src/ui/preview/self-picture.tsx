// What the others will see: the own camera, or what stands in its place.
import type { MeetingSession } from "../../client/contract";
import { Avatar } from "../parts/avatar";
import { Picture } from "../parts/picture";
import { roomWords } from "../room/words";

export function SelfPicture({ session, name }: { readonly session: MeetingSession; readonly name: string }) {
  const w = roomWords.value;
  const stream = session.cameraPreview.value;
  const wanted = session.cameraOn.value;
  const access = session.devices.value.camera;
  const starting = wanted && !stream && (access === "granted" || access === "asking" || access === "prompt");
  return (
    <div class={stream || starting ? "preview-picture" : "preview-picture off"}>
      {stream ? (
        <Picture stream={stream} mirrored label={w.preview.picture} />
      ) : (
        <div class="preview-empty">
          <Avatar name={name} />
          <p>{starting ? w.preview.cameraStarting : w.preview.cameraOff}</p>
        </div>
      )}
      {stream && (
        <span class="name-label">
          <span>{name}</span>
        </span>
      )}
    </div>
  );
}
