// Who is here: raised hands in their order first, then oneself, hosts, and everybody by name. Hosts see who waits above them.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ParticipantView } from "../../client/contract";
import { SLIDERS } from "../meeting-icons";
import { Icon } from "../parts/icon";
import { Lazy } from "../parts/lazy";
import { WindowedList } from "../parts/windowed-list";
import { roomWords } from "../room/words";
import { listed } from "./listed";
import { Panel } from "./panel";
import type { PanelStand } from "./panels";
import { PersonMenu } from "./person-menu";
import { PersonRow } from "./person-row";

/** styles/people.css says how much stands in a row. */
const ROW_REM = 5.25;

const loadWaitingRoom = async () => (await import("../in-charge/parts")).WaitingRoom;

export function ParticipantsPanel({ session, onOpen, onClose }: PanelStand) {
  const w = roomWords.value;
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState("");
  const before = useRef<readonly ParticipantView[]>([]);
  const participants = session.participants.value;
  const people = listed(participants, text, w.locale, before.current);
  before.current = people;
  const hands = session.hands.value;
  const handOf = new Map(hands.map(({ id }, index) => [id, index + 1]));
  const capacity = session.meeting.value?.capacity ?? participants.size;
  const self = session.self.value;
  const inCharge = self !== null && self.role !== "participant";
  const menuOf = participants.get(chosen);
  useEffect(() => {
    // Whoever went is chosen no more: nothing opens by itself when they come back.
    if (!menuOf) setChosen("");
  }, [menuOf]);
  return (
    <Panel title={w.participants.title} note={w.participants.count(participants.size, capacity)} onClose={onClose}>
      <div class="panel-flow">
        {inCharge && (
          <div class="panel-acts">
            <button type="button" class="button" onClick={() => onOpen("control")}>
              <Icon of={SLIDERS} />
              {w.participants.control}
            </button>
          </div>
        )}
        {inCharge && session.waiting.value.length > 0 && <Lazy load={loadWaitingRoom} props={{ session }} inPage />}
        <div class="field panel-search">
          <input
            type="search"
            aria-label={w.participants.search}
            placeholder={w.participants.search}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </div>
        {people.length === 0 ? (
          <p class="panel-empty quiet" role="status">
            {w.participants.noneFound(text.trim())}
          </p>
        ) : (
          <WindowedList
            items={people}
            keyOf={({ id }) => id}
            rowRem={ROW_REM}
            label={w.participants.list}
            class="people"
          >
            {(participant, reachable) => (
              <PersonRow
                participant={participant}
                hand={handOf.get(participant.id) ?? 0}
                spotlit={session.meeting.value?.spotlight === participant.id}
                reachable={reachable}
                onMenu={participant.self && !inCharge ? undefined : () => setChosen(participant.id)}
              />
            )}
          </WindowedList>
        )}
      </div>
      {menuOf && <PersonMenu session={session} participant={menuOf} onClose={() => setChosen("")} />}
    </Panel>
  );
}
