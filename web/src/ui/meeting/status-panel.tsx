// All about oneself: heard, seen, network in a sentence, data used, Hemat data, devices, language, keys.
import { useId } from "preact/hooks";
import type { DataSavingMode, MeetingSession } from "../../client/contract";
import { decimal, megabytes, rate } from "../i18n/format";
import { KEYBOARD } from "../meeting-icons";
import { Icon } from "../parts/icon";
import { Preferences } from "../parts/page-frame";
import { DeviceChoices } from "../preview/device-choice";
import { DeviceProblems } from "../preview/device-problems";
import { LevelMeter } from "../preview/level-meter";
import { roomWords } from "../room/words";
import { ownState } from "./own-state";
import { Panel } from "./panel";
import { qualitySentence } from "./quality-sentence";

const MODES: readonly DataSavingMode[] = ["off", "audio-and-screen", "audio-only"];

export interface StatusPanelProps {
  readonly session: MeetingSession;
  readonly onShortcuts: () => void;
  readonly onClose: () => void;
}

export function StatusPanel({ session, onShortcuts, onClose }: StatusPanelProps) {
  const w = roomWords.value;
  const state = ownState(session);
  const quality = session.quality.value;
  const usage = session.usage.value;
  const s = w.meeting.status;
  return (
    <Panel title={s.title} note={session.meeting.value?.title ?? ""} onClose={onClose}>
      <section
        class="panel-scroll stack"
        aria-label={s.title} // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
        tabIndex={0}
      >
        <section class="stack tight">
          <p>{state.heard ? s.microphoneOn : s.microphoneOff}</p>
          <LevelMeter session={session} />
          <p>{state.seen ? s.cameraOn : s.cameraOff}</p>
          <p>{state.sharing ? s.sharingOn : s.sharingOff}</p>
        </section>
        <section class="stack tight">
          <h3>{s[state.network]}</h3>
          <p>
            {qualitySentence(quality) ||
              (quality.availableKbps > 0 ? w.meeting.quality.good : w.meeting.quality.measuring)}
          </p>
          {quality.availableKbps > 0 && (
            <p class="quiet meter-text">
              {w.meeting.quality.details(
                rate(quality.availableKbps),
                Math.round(quality.roundTripMs),
                decimal(quality.lossPerMille / 10, 1),
              )}
            </p>
          )}
        </section>
        <section class="stack tight">
          <h3>{w.meeting.data.title}</h3>
          <p class="meter-text">
            {w.meeting.data.used(megabytes((usage.receivedBytes + usage.sentBytes) / 1e6))},{" "}
            {usage.megabytesPerHour > 0
              ? w.meeting.data.perHour(megabytes(usage.megabytesPerHour))
              : w.meeting.data.measuring}
            .
          </p>
          <SavingChoice session={session} />
        </section>
        <section class="stack tight">
          <h3>{w.preview.devices}</h3>
          <DeviceProblems session={session} />
          <DeviceChoices session={session} />
        </section>
        <section class="stack tight">
          <Preferences />
          <button type="button" class="button shortcuts-button" onClick={onShortcuts}>
            <Icon of={KEYBOARD} />
            {w.controls.shortcuts}
          </button>
        </section>
      </section>
    </Panel>
  );
}

function SavingChoice({ session }: { readonly session: MeetingSession }) {
  const w = roomWords.value;
  const name = useId();
  return (
    <fieldset class="choices">
      <legend>{w.meeting.data.saving}</legend>
      {MODES.map((mode) => (
        <label key={mode} class="choice">
          <input
            type="radio"
            name={name}
            checked={session.dataSaving.value === mode}
            onChange={() => session.setDataSaving(mode)}
          />
          <span>
            {w.meeting.data.modes[mode]} <span class="quiet">{w.meeting.data.modeTexts[mode]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
