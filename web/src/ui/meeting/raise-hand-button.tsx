// In a banner: what somebody can do who may not unmute or share by themselves.
import type { MeetingSession } from "../../client/contract";
import { roomWords } from "../room/words";

export function RaiseHandButton({ session }: { readonly session: MeetingSession }) {
  return (
    <button type="button" class="stage-button main" onClick={() => void session.raiseHand(true).catch(() => undefined)}>
      {roomWords.value.controls.hand}
    </button>
  );
}
