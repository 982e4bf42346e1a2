// What a host can do about one person. Removing asks once; nobody acts on a host, and only a host gives roles.
import { useState } from "preact/hooks";
import type { MeetingSession, ParticipantView } from "../../client/contract";
import type { HostAct } from "../../client/in-charge";
import { FailureNotice } from "../parts/failure-notice";
import { roomWords } from "../room/words";
import { useAct } from "./use-act";
import { inChargeWords } from "./words";

export interface PersonActsProps {
  readonly session: MeetingSession;
  readonly participant: ParticipantView;
  readonly onDone: () => void;
}

const focus = (button: HTMLButtonElement | null) => button?.focus();

export function PersonActs({ session, participant, onDone }: PersonActsProps) {
  const w = inChargeWords.value;
  const { working, failed, act } = useAct(session);
  const [removing, setRemoving] = useState(false);
  const { id, self, role, microphone, camera, screen, handRaisedAt } = participant;
  const own = session.self.value?.role;
  const mayAct = !self && role !== "host" && (own === "host" || role === "participant");
  const spotlit = session.meeting.value?.spotlight === id;
  const run = async (wanted: HostAct) => {
    if (await act(wanted)) onDone();
  };
  const acts: readonly (readonly [shown: boolean, label: string, act: HostAct])[] = [
    [mayAct && microphone, w.mute, { kind: "mute", ids: [id] }],
    [mayAct && camera, w.stopCamera, { kind: "stop-camera", id }],
    [mayAct && screen, w.stopShare, { kind: "stop-share", id }],
    [mayAct && handRaisedAt > 0, w.lowerHand, { kind: "lower-hand", id }],
    [!spotlit, w.spotlight, { kind: "spotlight", id }],
    [spotlit, w.endSpotlight, { kind: "spotlight", id: "" }],
    [own === "host" && !self && role === "participant", w.makeCoHost, { kind: "set-role", id, role: "co-host" }],
    [own === "host" && !self && role === "co-host", w.unmakeCoHost, { kind: "set-role", id, role: "participant" }],
  ];
  return (
    <>
      {failed && <FailureNotice of={failed} />}
      {!removing &&
        acts.map(
          ([shown, label, wanted]) =>
            shown && (
              <button
                key={label}
                type="button"
                class="button"
                aria-disabled={working ? "true" : undefined}
                onClick={() => void run(wanted)}
              >
                {label}
              </button>
            ),
        )}
      {mayAct && !removing && (
        <button type="button" class="button danger-text" onClick={() => setRemoving(true)}>
          {w.remove}
        </button>
      )}
      {removing && (
        <>
          <p role="alert">{w.removeSure(participant.name)}</p>
          <button
            type="button"
            class="button danger"
            aria-disabled={working ? "true" : undefined}
            onClick={() => void run({ kind: "remove", id })}
          >
            {w.removeYes}
          </button>
          {/* What cannot be undone is not what a second press of Enter does. */}
          <button type="button" class="button" ref={focus} onClick={() => setRemoving(false)}>
            {roomWords.value.app.cancel}
          </button>
        </>
      )}
    </>
  );
}
