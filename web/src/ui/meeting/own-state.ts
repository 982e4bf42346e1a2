// Pure: what is true about oneself now, for the one place that says it.
import type { ConnectionView, DeviceKind, MeetingSession, QualityView } from "../../client/contract";

export interface OwnState {
  readonly heard: boolean;
  readonly seen: boolean;
  readonly sharing: boolean;
  readonly hand: boolean;
  readonly network: "networkGood" | "networkWeak" | "networkPoor" | "networkLost";
}

export function network(connection: ConnectionView, quality: QualityView): OwnState["network"] {
  if (connection.media === "lost") return "networkLost";
  if (quality.limitation === "audio-only" || quality.limitation === "no-faces" || quality.lossPerMille >= 80) {
    return "networkPoor";
  }
  if (quality.limitation === "reduced" || quality.lossPerMille >= 30 || quality.roundTripMs >= 600)
    return "networkWeak";
  return "networkGood";
}

/** Switched on, with a device that can be so or is being asked for. Reads signals. */
export function isOn(session: MeetingSession, kind: DeviceKind): boolean {
  const wanted = kind === "microphone" ? session.microphoneOn.value : session.cameraOn.value;
  const access = session.devices.value[kind];
  return wanted && (access === "granted" || access === "asking" || access === "prompt");
}

/** Reads signals: what it is called in re-renders with them. */
export function ownState(session: MeetingSession): OwnState {
  const devices = session.devices.value;
  const connection = session.connection.value;
  const up = connection.media === "up";
  return {
    heard: up && session.microphoneOn.value && devices.microphone === "granted",
    seen: up && session.cameraOn.value && session.cameraPreview.value !== null,
    sharing: session.ownScreen.value !== null,
    hand: (session.self.value?.handRaisedAt ?? 0) > 0,
    network: network(connection, session.quality.value),
  };
}
