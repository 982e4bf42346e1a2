// Who is here: hands in their order first, then everybody by name.
import { useState } from "preact/hooks";
import type { MeetingSession, ParticipantView } from "../../client/contract";
import { words } from "../i18n/language";
import { CAMERA, HAND, MICROPHONE, MICROPHONE_OFF, NETWORK_OFF, SCREEN } from "../meeting-icons";
import { Avatar } from "../parts/avatar";
import { Icon } from "../parts/icon";
import { Panel } from "./panel";

const RANK = { host: 0, "co-host": 1, participant: 2 } as const;

/** Oneself, then hosts, then by name; only whose name contains `text`. */
export function listed(participants: Iterable<ParticipantView>, text: string, locale: string): ParticipantView[] {
  const wanted = text.trim().toLocaleLowerCase(locale);
  return [...participants]
    .filter((participant) => participant.name.toLocaleLowerCase(locale).includes(wanted))
    .sort(
      (a, b) => Number(b.self) - Number(a.self) || RANK[a.role] - RANK[b.role] || a.name.localeCompare(b.name, locale),
    );
}

export interface ParticipantsPanelProps {
  readonly session: MeetingSession;
  readonly onClose: () => void;
}

export function ParticipantsPanel({ session, onClose }: ParticipantsPanelProps) {
  const w = words.value;
  const [text, setText] = useState("");
  const participants = session.participants.value;
  const hands = session.hands.value;
  const everybody = listed(participants.values(), text, w.locale);
  const capacity = session.meeting.value?.capacity ?? participants.size;
  return (
    <Panel title={w.participants.title} note={w.participants.count(participants.size, capacity)} onClose={onClose}>
      <div class="field panel-search">
        <input
          type="search"
          aria-label={w.participants.search}
          placeholder={w.participants.search}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <section
        class="panel-scroll"
        aria-label={w.participants.list} // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
        tabIndex={0}
      >
        {hands.length > 0 && !text && (
          <>
            <h3>{w.participants.hands}</h3>
            <ol class="people">
              {hands.map((participant, index) => (
                <Person key={participant.id} participant={participant} hand={index + 1} />
              ))}
            </ol>
            <h3>{w.participants.everyone}</h3>
          </>
        )}
        {everybody.length === 0 ? (
          <p class="panel-empty quiet" role="status">
            {w.participants.noneFound(text.trim())}
          </p>
        ) : (
          <ul class="people">
            {everybody.map((participant) => (
              <Person key={participant.id} participant={participant} />
            ))}
          </ul>
        )}
      </section>
    </Panel>
  );
}

function Person({ participant, hand = 0 }: { readonly participant: ParticipantView; readonly hand?: number }) {
  const w = words.value;
  const { name, role, self, microphone, camera, screen, lost, handRaisedAt } = participant;
  return (
    <li class="person">
      <Avatar name={name} />
      <div class="person-words">
        <p class="person-name">{self ? w.meeting.yourTile(name) : name}</p>
        <p class="person-states quiet">
          {role !== "participant" && <span>{w.participants.roles[role]}</span>}
          {lost && (
            <span class="state lost">
              <Icon of={NETWORK_OFF} small />
              {w.meeting.lost}
            </span>
          )}
          {hand > 0 ? (
            <span class="state hand">
              <Icon of={HAND} small />
              {w.participants.handNumber(hand)}
            </span>
          ) : handRaisedAt > 0 ? (
            <span class="state hand">
              <Icon of={HAND} small />
              {w.meeting.hand}
            </span>
          ) : null}
          {screen && (
            <span class="state">
              <Icon of={SCREEN} small />
              {w.participants.sharing}
            </span>
          )}
        </p>
      </div>
      {camera && !lost && (
        <span class="person-device" title={w.controls.camera}>
          <Icon of={CAMERA} />
        </span>
      )}
      <span
        class={microphone ? "person-device" : "person-device off"}
        title={microphone ? w.participants.microphoneOn : w.meeting.muted}
      >
        <Icon of={microphone ? MICROPHONE : MICROPHONE_OFF} />
        <span class="unseen">{microphone ? w.participants.microphoneOn : w.meeting.muted}</span>
      </span>
    </li>
  );
}
