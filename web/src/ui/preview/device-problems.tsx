// What keeps camera or microphone from working, and exactly what to do about it in this browser.
import type { DeviceAccess, DeviceKind, MeetingSession } from "../../client/contract";
import { Notice } from "../parts/notice";
import { roomWords } from "../room/words";
import { browserKind } from "./browser-kind";

/** The same trouble of both devices is one sentence. */
export function problems(
  microphone: DeviceAccess,
  camera: DeviceAccess,
): readonly { readonly access: DeviceAccess; readonly kinds: readonly DeviceKind[] }[] {
  const fine = (access: DeviceAccess) => access === "granted" || access === "prompt";
  if (microphone === camera) return fine(camera) ? [] : [{ access: camera, kinds: ["camera", "microphone"] }];
  return [
    ...(fine(camera) ? [] : [{ access: camera, kinds: ["camera"] as const }]),
    ...(fine(microphone) ? [] : [{ access: microphone, kinds: ["microphone"] as const }]),
  ];
}

export function DeviceProblems({ session }: { readonly session: MeetingSession }) {
  const w = roomWords.value;
  const devices = session.devices.value;
  return (
    <>
      {problems(devices.microphone, devices.camera).map(({ access, kinds }) => {
        const what = kinds.length === 2 ? w.preview.both : w.preview[kinds[0] ?? "camera"];
        const again = () => {
          for (const kind of kinds) void session.retryDevice(kind).catch(() => undefined);
        };
        return <DeviceProblem key={kinds.join()} access={access} what={what} onAgain={again} />;
      })}
      {devices.unplugged && (
        <Notice kind="warning">
          <p>{w.preview.unplugged(w.preview[devices.unplugged])}</p>
        </Notice>
      )}
    </>
  );
}

interface DeviceProblemProps {
  readonly access: DeviceAccess;
  readonly what: string;
  readonly onAgain: () => void;
}

function DeviceProblem({ access, what, onAgain }: DeviceProblemProps) {
  const w = roomWords.value;
  if (access === "asking") {
    return (
      <Notice kind="info">
        <p>{w.preview.asking}</p>
      </Notice>
    );
  }
  const sentence = {
    denied: w.preview.denied,
    none: w.preview.none,
    "in-use": w.preview.inUse,
    insecure: () => w.preview.insecure,
    failed: w.preview.deviceFailed,
    prompt: w.preview.none,
    granted: w.preview.none,
  }[access](what);
  const steps = w.preview.steps[browserKind(navigator.userAgent, navigator.maxTouchPoints)] ?? [];
  return (
    <Notice kind="warning">
      <p>{sentence}</p>
      {access === "denied" && (
        <details open>
          <summary>{w.preview.howToAllow}</summary>
          <ol class="steps">
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      )}
      {access !== "insecure" && (
        <button type="button" class="button" onClick={onAgain}>
          {access === "denied" ? w.preview.askAgain : w.app.tryAgain}
        </button>
      )}
    </Notice>
  );
}
