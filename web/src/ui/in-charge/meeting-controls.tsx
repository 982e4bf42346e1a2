// How the meeting is held: who comes in, speaks, shares and writes to whom. What is set shows what holds for everybody.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { MeetingSession } from "../../client/contract";
import type { MeetingRules } from "../../client/in-charge";
import { FailureNotice } from "../parts/failure-notice";
import { leaveAsked } from "../room";
import { roomWords } from "../room/words";
import { useAct } from "./use-act";
import { inChargeWords } from "./words";

export function MeetingControls({ session }: { readonly session: MeetingSession }) {
  const w = inChargeWords.value;
  const { working, failed, act } = useAct(session);
  const meeting = session.meeting.value;
  const hands = session.hands.value.length;
  if (!meeting) return null;
  const { rules, spotlight } = meeting;
  const change = (wanted: Partial<MeetingRules>) => void act({ kind: "settings", change: wanted });
  const disabled = working ? "true" : undefined;
  return (
    <section
      class="panel-scroll stack"
      aria-label={roomWords.value.participants.control}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
      tabIndex={0}
    >
      {failed && <FailureNotice of={failed} />}
      <Group title={w.entering}>
        <Switch label={w.locked} text={w.lockedText} on={rules.locked} onSwitch={(locked) => change({ locked })} />
        <Switch label={w.lobby} text={w.lobbyText} on={rules.lobby} onSwitch={(lobby) => change({ lobby })} />
      </Group>
      <Group title={w.microphones}>
        <button
          type="button"
          class="button wide"
          aria-disabled={disabled}
          onClick={() => void act({ kind: "mute", ids: [] })}
        >
          {w.muteAll}
        </button>
        <p class="quiet">{w.muteAllText}</p>
        <Switch
          label={w.mayUnmute}
          text={w.mayUnmuteText}
          on={!rules.unmuteForbidden}
          onSwitch={(may) => change({ unmuteForbidden: !may })}
        />
      </Group>
      <Group title={w.sharing}>
        <Switch
          label={w.mayShare}
          text={w.mayShareText}
          on={rules.shareMode === "everybody"}
          onSwitch={(may) => change({ shareMode: may ? "everybody" : "hosts" })}
        />
        <Switch
          label={w.mayChat}
          text={w.mayChatText}
          on={rules.chatMode === "everybody"}
          onSwitch={(may) => change({ chatMode: may ? "everybody" : "hosts" })}
        />
      </Group>
      <Group title={w.hands}>
        {hands > 0 ? (
          <button
            type="button"
            class="button wide"
            aria-disabled={disabled}
            onClick={() => void act({ kind: "lower-hand", id: "" })}
          >
            {w.lowerAll(hands)}
          </button>
        ) : (
          <p class="quiet">{w.noHands}</p>
        )}
        {spotlight && (
          <button
            type="button"
            class="button wide"
            aria-disabled={disabled}
            onClick={() => void act({ kind: "spotlight", id: "" })}
          >
            {w.endSpotlight}
          </button>
        )}
      </Group>
      {session.self.value?.role === "host" && (
        <button
          type="button"
          class="button danger wide"
          onClick={() => {
            leaveAsked.value = true;
          }}
        >
          {w.end}
        </button>
      )}
      <p class="quiet">{w.audit}</p>
    </section>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="stack tight">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly text: string;
  readonly on: boolean;
  readonly onSwitch: (on: boolean) => void;
}

function Switch({ label, text, on, onSwitch }: SwitchProps) {
  const hint = useId();
  return (
    <label class="choice switch">
      <input
        type="checkbox"
        checked={on}
        aria-label={label}
        aria-describedby={hint}
        onChange={(event) => {
          const wanted = event.currentTarget.checked;
          // It shows what holds; what was asked for holds when the roster says so.
          event.currentTarget.checked = on;
          onSwitch(wanted);
        }}
      />
      <span>
        {label}{" "}
        <span id={hint} class="quiet">
          {text}
        </span>
      </span>
    </label>
  );
}
