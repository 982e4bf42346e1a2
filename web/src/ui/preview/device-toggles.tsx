// Microphone and camera before one is in the meeting: on or off as they will be.
import type { MeetingSession } from "../../client/contract";
import { isOn } from "../meeting/own-state";
import { CAMERA, CAMERA_OFF, MICROPHONE, MICROPHONE_OFF } from "../meeting-icons";
import { Icon } from "../parts/icon";
import { roomWords } from "../room/words";

export function DeviceToggles({ session }: { readonly session: MeetingSession }) {
  const w = roomWords.value;
  return (
    <div class="preview-toggles">
      <Toggle
        label={w.controls.microphone}
        on={isOn(session, "microphone")}
        icons={[MICROPHONE, MICROPHONE_OFF]}
        onToggle={(on) => void session.setMicrophone(on).catch(() => undefined)}
      />
      <Toggle
        label={w.controls.camera}
        on={isOn(session, "camera")}
        icons={[CAMERA, CAMERA_OFF]}
        onToggle={(on) => void session.setCamera(on).catch(() => undefined)}
      />
    </div>
  );
}

interface ToggleProps {
  readonly label: string;
  readonly on: boolean;
  readonly icons: readonly [on: string, off: string];
  readonly onToggle: (on: boolean) => void;
}

function Toggle({ label, on, icons, onToggle }: ToggleProps) {
  const w = roomWords.value;
  return (
    <button
      type="button"
      class={on ? "button toggle on" : "button toggle off"}
      aria-pressed={on}
      onClick={() => onToggle(!on)}
    >
      <Icon of={on ? icons[0] : icons[1]} />
      <span>
        {label} {/* aria-pressed says it to a screen reader; the name stays the control's. */}
        <span class="toggle-state" aria-hidden="true">
          {on ? w.controls.on : w.controls.off}
        </span>
      </span>
    </button>
  );
}
