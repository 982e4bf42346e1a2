// Waiting to be let in.
import { remember } from "../src/ui/remembered";
import { room } from "../src/ui/room";
import type { FakeSession } from "./fake-session";
import { face } from "./pictures";
import { at, FORM, newSession, type Scene, services, wait } from "./stands";

function lobby(change: (session: FakeSession) => void = () => undefined): Scene {
  return () => {
    const session = newSession();
    session.phase.value = "waiting";
    session.cameraPreview.value = face(FORM.name);
    session.microphoneLevel.value = 0.4;
    change(session);
    room.value = { session, form: FORM, from: "join" };
    return { services: services(session), act: () => wait(1000).then(() => undefined) };
  };
}

export const LOBBY_SCENES: Readonly<Record<string, Scene>> = {
  "join-signed-in": () => {
    remember("device", "signed-in", "Siti Aminah, S.Sos.");
    at("/r/8123456789#padi-hijau-77");
    return { services: services(newSession()) };
  },
  "lobby-waiting": lobby(),
  "lobby-camera-off": lobby((session) => {
    void session.setCamera(false);
    void session.setMicrophone(false);
    session.microphoneLevel.value = 0;
    session.changeMeeting({
      title: "Musyawarah Perencanaan Pembangunan (Musrenbang) Kecamatan Larompong Selatan",
    });
  }),
  "lobby-reconnecting": lobby((session) => {
    session.connection.value = { socket: "waiting", attempt: 2, nextTryAt: performance.now() + 8000, media: "up" };
  }),
};
