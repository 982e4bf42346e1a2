// Which camera, microphone and loudspeaker: in the preview and in the meeting's settings.
import type { DeviceChoice as Device, DeviceKind, MeetingSession } from "../../client/contract";
import { Field } from "../parts/field";
import { roomWords } from "../room/words";

export function DeviceChoices({ session }: { readonly session: MeetingSession }) {
  const w = roomWords.value;
  const devices = session.devices.value;
  const choose = (kind: DeviceKind | "speaker") => (id: string) =>
    void session.chooseDevice(kind, id).catch(() => undefined);
  return (
    <div class="stack">
      <DeviceChoice
        label={w.preview.camera}
        devices={devices.cameras}
        chosen={devices.chosenCamera}
        empty={w.preview.noCameras}
        onChoose={choose("camera")}
      />
      <DeviceChoice
        label={w.preview.microphone}
        devices={devices.microphones}
        chosen={devices.chosenMicrophone}
        empty={w.preview.noMicrophones}
        onChoose={choose("microphone")}
      />
      {devices.speakers.length > 0 && (
        <DeviceChoice
          label={w.preview.speaker}
          devices={devices.speakers}
          chosen={devices.chosenSpeaker}
          empty={w.preview.standard}
          onChoose={choose("speaker")}
        />
      )}
    </div>
  );
}

interface DeviceChoiceProps {
  readonly label: string;
  readonly devices: readonly Device[];
  readonly chosen: string;
  /** What stands there when there is nothing to choose. */
  readonly empty: string;
  readonly onChoose: (id: string) => void;
}

function DeviceChoice({ label, devices, chosen, empty, onChoose }: DeviceChoiceProps) {
  const w = roomWords.value;
  // A list of select boxes named like the controls would name two things alike for a screen reader: the label says which device.
  return (
    <Field label={label}>
      {(attributes) => (
        <select
          {...attributes}
          disabled={devices.length === 0}
          value={chosen}
          onChange={(event) => onChoose(event.currentTarget.value)}
        >
          {devices.length === 0 ? (
            <option value="">{empty}</option>
          ) : (
            devices.map((device, index) => (
              <option key={device.id} value={device.id}>
                {device.label || w.preview.numbered(label, index + 1)}
              </option>
            ))
          )}
        </select>
      )}
    </Field>
  );
}
