// The moving level of the microphone, and in words whether a voice was heard.
import { useSignalEffect } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import type { MeetingSession } from "../../client/contract";
import { isOn } from "../meeting/own-state";
import { MICROPHONE, MICROPHONE_OFF } from "../meeting-icons";
import { Icon, TICK } from "../parts/icon";
import { roomWords } from "../room/words";

const HEARD = 0.12;
/** How long a word of speech is acknowledged. */
const HEARD_FOR_MS = 2500;

export function LevelMeter({ session }: { readonly session: MeetingSession }) {
  const w = roomWords.value;
  const bar = useRef<HTMLSpanElement>(null);
  const heardUntil = useRef(0);
  const [heard, setHeard] = useState(false);
  const on = isOn(session, "microphone");
  useSignalEffect(() => {
    const level = session.microphoneLevel.value;
    const now = performance.now();
    bar.current?.style.setProperty("transform", `scaleX(${Math.min(1, Math.max(0, level)).toFixed(3)})`);
    if (level >= HEARD) heardUntil.current = now + HEARD_FOR_MS;
    setHeard(now < heardUntil.current);
  });
  return (
    <div class="level">
      <Icon of={on ? MICROPHONE : MICROPHONE_OFF} />
      <div class="level-track" role="img" aria-label={w.preview.level}>
        <span ref={bar} class={on ? "level-bar" : "level-bar off"} />
      </div>
      <span class="level-words">
        {on && heard && <Icon of={TICK} small />}
        {on ? (heard ? w.preview.levelHearing : w.preview.levelSilent) : w.preview.levelOff}
      </span>
    </div>
  );
}
