// What can be done about one participant: everybody may pin them; whoever is in charge has acts of their own.
import type { MeetingSession, ParticipantView } from "../../client/contract";
import { PIN } from "../meeting-icons";
import { Ask } from "../parts/ask";
import { Icon } from "../parts/icon";
import { Lazy } from "../parts/lazy";
import { roomWords } from "../room/words";
import { pinned } from "./pin";

const loadPersonActs = async () => (await import("../in-charge/parts")).PersonActs;

export interface PersonMenuProps {
  readonly session: MeetingSession;
  readonly participant: ParticipantView;
  readonly onClose: () => void;
}

export function PersonMenu({ session, participant, onClose }: PersonMenuProps) {
  const w = roomWords.value;
  const self = session.self.value;
  const isPinned = pinned.value === participant.id;
  return (
    <Ask title={participant.name} onClose={onClose}>
      <div class="acts person-acts">
        {!participant.self && (
          <button
            type="button"
            class="button"
            onClick={() => {
              pinned.value = isPinned ? "" : participant.id;
              onClose();
            }}
          >
            <Icon of={PIN} />
            {isPinned ? w.participants.unpin : w.participants.pin}
          </button>
        )}
        {self && self.role !== "participant" && (
          <Lazy load={loadPersonActs} props={{ session, participant, onDone: onClose }} inPage />
        )}
        <button type="button" class="button plain" onClick={onClose}>
          {w.app.close}
        </button>
      </div>
    </Ask>
  );
}
