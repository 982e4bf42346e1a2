// Every page and state that somebody may meet, by name.
import { pinned } from "../src/ui/meeting/pin";
import { lastForm, leaveAsked, room } from "../src/ui/room";
import { ACCOUNT_SCENES } from "./account-scenes";
import { ADMIN_SCENES } from "./admin-scenes";
import { ATTENDANCE_SCENES } from "./attendance-scenes";
import { stopBeats } from "./beats";
import { failure } from "./fake-session";
import { HOST_SCENES } from "./host-scenes";
import { IN_CHARGE_SCENES } from "./in-charge-scenes";
import { LOBBY_SCENES } from "./lobby-scenes";
import { LONG_NAME_SCENES } from "./long-name-scenes";
import { OFFICE_SCENES } from "./office-scenes";
import { openPoll, pastPolls, votedPoll } from "./poll-scenes";
import {
  AGENTS,
  click,
  control,
  crowd,
  deniedIn,
  ended,
  fillIn,
  found,
  ID,
  JOIN_FAILURES,
  joining,
  LATER,
  looking,
  meeting,
  mixed,
  preview,
  refused,
  type Scene,
  sharing,
  somebody,
  talk,
  type,
  wait,
  withoutDevices,
} from "./stands";
import { VERIFY_SCENES } from "./verify-scenes";

export const SCENES: Readonly<Record<string, Scene>> = {
  "join-empty": joining(
    () => undefined,
    async () => undefined,
  ),
  "join-missing": joining(
    () => undefined,
    () => click("button[type=submit]"),
  ),
  "join-filled": joining(() => undefined, fillIn),
  "join-invited": joining(
    () => undefined,
    async () => undefined,
    `/r/${ID}#padi-hijau-77`,
  ),
  "join-loading": joining(
    (session) => session.hanging.add("prepare"),
    async () => {
      await fillIn();
      await click("button[type=submit]");
      await wait(1200);
    },
  ),
  "join-throttled": refused("THROTTLED", 30_000),
  "join-not-open": refused("MEETING_NOT_OPEN", 0, LATER),
  "join-opening-trouble": joining(
    (session) => {
      const refusals = [failure("MEETING_NOT_OPEN", { ...LATER, retryAfterMs: 1 }), failure("OFFLINE")];
      session.prepare = () => Promise.reject(refusals.shift());
    },
    async () => {
      const { random } = Math;
      Math.random = () => 0;
      await fillIn();
      await click("button[type=submit]");
      await wait(700);
      Math.random = random;
    },
  ),
  ...Object.fromEntries(JOIN_FAILURES.map((code) => [`join-error-${code.toLowerCase()}`, refused(code)])),
  "join-invited-wrong": joining(
    (session) => {
      session.refusals.prepare = failure("WRONG_ID_OR_PASSWORD");
    },
    async () => {
      await type("input[name=name]", "Siti Aminah");
      await click("button[type=submit]");
    },
    `/r/${ID}#salah`,
  ),
  "unknown-page": joining(
    () => undefined,
    async () => undefined,
    "/r/12",
  ),

  "preview-camera": preview(),
  "preview-connecting": preview((session) => {
    session.connection.value = { socket: "up", attempt: 0, nextTryAt: 0, media: "connecting" };
    session.cameraPreview.value = null;
  }),
  "preview-camera-off": preview((session) => void session.setCamera(false)),
  "preview-muted-many": preview((session) => {
    session.changeMeeting({ present: 43 });
    session.joinedMuted.value = true;
    session.microphoneOn.value = false;
  }),
  "preview-asking": preview(withoutDevices("asking")),
  "preview-none": preview(withoutDevices("none")),
  "preview-no-camera": preview((session) => {
    session.devices.value = { ...session.devices.value, camera: "none", cameras: [] };
    void session.setCamera(false);
  }),
  "preview-in-use": preview(withoutDevices("in-use")),
  "preview-insecure": preview(withoutDevices("insecure")),
  ...Object.fromEntries(Object.keys(AGENTS).map((browser) => [`preview-denied-${browser}`, deniedIn(browser)])),
  "preview-devices": preview(undefined, () => click(".preview-devices summary")),
  "preview-entering": preview(
    (session) => session.hanging.add("enter"),
    async () => {
      await click(".preview-join .button.main");
      await wait(1200);
    },
  ),
  "preview-error": preview(
    (session) => {
      session.refusals.enter = failure("MEETING_FULL");
    },
    () => click(".preview-join .button.main"),
  ),
  "preview-lost": preview((session) => {
    session.connection.value = { socket: "waiting", attempt: 2, nextTryAt: performance.now() + 4000, media: "lost" };
  }),

  ...LOBBY_SCENES,

  "meeting-alone": meeting([]),
  "meeting-2": meeting(crowd(1), (session) => {
    session.speakers.value = ["p0"];
  }),
  "meeting-3": meeting(crowd(2, mixed), (session) => {
    session.speakers.value = ["p0"];
  }),
  "meeting-5": meeting(crowd(4, mixed), (session) => {
    session.speakers.value = ["p3", "p0"];
  }),
  "meeting-9": meeting(crowd(8, mixed), (session) => {
    session.speakers.value = ["p3"];
  }),
  "meeting-40": meeting(crowd(39, mixed), (session) => {
    session.speakers.value = ["p3"];
  }),
  "meeting-lost-one": meeting(crowd(4, mixed), (session) => {
    session.changeOther("p0", { lost: true, presence: "lost" });
    session.changeOther("p2", { lost: true, camera: false });
  }),
  "meeting-paused": meeting(
    crowd(4, () => ({})),
    (session) => {
      for (const slot of [1, 2, 3, 4]) session.changeSlot(slot, { paused: "bandwidth" });
      session.quality.value = {
        ...session.quality.value,
        availableKbps: 90,
        limitation: "audio-only",
        lossPerMille: 90,
      };
    },
  ),
  "meeting-saving": meeting(crowd(4), (session) => {
    for (const slot of [1, 2, 3, 4]) session.changeSlot(slot, { paused: "data-saving" });
    session.dataSaving.value = "audio-and-screen";
  }),
  "meeting-muted-talking": meeting(crowd(3), (session) => {
    session.microphoneOn.value = false;
    session.talkingWhileMuted.value = true;
  }),
  "meeting-own-hand": meeting(crowd(3), (session) => void session.raiseHand(true)),
  "meeting-audio-blocked": meeting(crowd(3), undefined, (session) => session.tell({ kind: "audio-blocked" })),
  "meeting-news": meeting(crowd(4, mixed), talk, async (session) => {
    session.tell({ kind: "joined", participantId: "p2", name: somebody(2).name });
    session.tell({ kind: "hand-raised", participantId: "p3", name: somebody(3).name });
    session.hear(somebody(0), "Silakan, Bu Rosmini.", 0);
    await wait(50);
  }),
  "meeting-reconnecting": meeting(
    crowd(4, mixed),
    (session) => {
      session.connection.value = { socket: "waiting", attempt: 2, nextTryAt: performance.now() + 8000, media: "lost" };
      session.phase.value = "reconnecting";
    },
    () => wait(1000).then(() => undefined),
  ),
  "meeting-socket-down": meeting(
    crowd(4, mixed),
    (session) => {
      session.connection.value = { socket: "connecting", attempt: 3, nextTryAt: 0, media: "up" };
    },
    () => wait(1000).then(() => undefined),
  ),
  "meeting-screen": meeting(crowd(6, mixed), (session) => {
    sharing(session);
    session.speakers.value = ["p0"];
  }),
  "meeting-screen-zoomed": meeting(crowd(6, mixed), sharing, async () => {
    for (let press = 0; press < 3; press++) await click(".screen-tools .stage-button", 2);
  }),
  "meeting-screen-waiting": meeting(crowd(3, mixed), (session) => {
    session.changeOther("p0", { screen: true });
    session.changeSlot(0, { participantId: "p0" });
  }),
  "meeting-screen-chat": meeting(
    crowd(6, mixed),
    (session) => {
      sharing(session);
      talk(session);
    },
    () => control(5),
  ),
  "meeting-own-screen": meeting(crowd(3), (session) => void session.shareScreen()),
  "meeting-chat": meeting(crowd(4, mixed), talk, () => control(5)),
  "meeting-chat-empty": meeting(crowd(4, mixed), undefined, () => control(5)),
  "meeting-chat-failed": meeting(
    crowd(4, mixed),
    (session) => {
      talk(session);
      session.refusals.say = failure("OFFLINE");
    },
    async (session) => {
      await session.say("Apakah suara saya terdengar?");
      session.sending("Saya coba kirim lagi.");
      await control(5);
      await type(".chat-form textarea", "a".repeat(2003));
    },
  ),
  "meeting-chat-unread": meeting(crowd(4, mixed), undefined, async (session) => {
    talk(session);
    await wait(50);
  }),
  "meeting-participants": meeting(crowd(16, mixed), undefined, () => control(6)),
  "meeting-participants-none": meeting(crowd(16, mixed), undefined, async () => {
    await control(6);
    await type(".panel-search input", "zulkifli");
  }),
  ...IN_CHARGE_SCENES,
  ...LONG_NAME_SCENES,
  "meeting-polls-empty": meeting(crowd(16, mixed), undefined, () => control(7)),
  "meeting-polls-banner": meeting(crowd(16, mixed), undefined, async (session) => {
    openPoll(session);
    await found(".banner");
  }),
  "meeting-polls-closed": meeting(crowd(16, mixed), openPoll, async (session) => {
    await session.polls.close("poll1");
    await found(".banner");
  }),
  "meeting-polls-open": meeting(crowd(39, mixed), openPoll, () => control(7)),
  "meeting-polls-voted": meeting(crowd(39, mixed), votedPoll, () => control(7)),
  "meeting-polls-open-host": meeting(crowd(39, mixed), openPoll, () => control(7), "host"),
  "meeting-polls-results": meeting(crowd(39, mixed), pastPolls, () => control(7)),
  "meeting-polls-form": meeting(
    crowd(16, mixed),
    undefined,
    async () => {
      await control(7);
      await click(".polls .button.main");
      await type(".poll textarea", "Setuju rapat dilanjutkan minggu depan?");
    },
    "host",
  ),
  "meeting-polls-wrong": meeting(
    crowd(16, mixed),
    undefined,
    async () => {
      await control(7);
      await click(".polls .button.main");
      await click(".poll > .button");
      await type(".poll input", "Ya", 0);
      await type(".poll input", "ya", 1);
      await click(".poll button[type=submit]");
    },
    "host",
  ),
  "meeting-chat-below": meeting(crowd(4, mixed), talk, async (session) => {
    for (let line = 0; line < 12; line++)
      session.hear(somebody(1), `Usulan ke-${line + 1} sudah saya catat.`, line * 6);
    await control(5);
    const lines = await found(".chat-lines");
    lines.scrollTop = 0;
    await wait(60);
    session.hear(somebody(0), "Silakan, Bu Rosmini.", 90);
    await found(".chat-below");
  }),
  "meeting-status": meeting(crowd(4, mixed), undefined, () => click(".own-state")),
  "meeting-status-low": meeting(crowd(4, mixed), undefined, async () => {
    await click(".own-state");
    const panel = await found(".panel-scroll");
    panel.scrollTop = panel.scrollHeight;
  }),
  "meeting-leave": meeting(crowd(4, mixed), undefined, () => click(".control.leave")),
  "meeting-leave-host": meeting(crowd(4, mixed), undefined, () => click(".control.leave"), "host"),
  "meeting-leave-refused": meeting(
    crowd(4, mixed),
    (session) => {
      session.refusals.endMeeting = failure("UNAVAILABLE");
    },
    async () => {
      await click(".control.leave");
      await click(".ask .button.danger");
    },
    "host",
  ),
  "meeting-shortcuts": meeting(crowd(4, mixed), undefined, async () => {
    dispatchEvent(new KeyboardEvent("keydown", { altKey: true, code: "KeyB" }));
    await found(".ask");
  }),
  "meeting-moved": meeting(crowd(4, mixed), undefined, (session) => session.tell({ kind: "media-moved" })),

  "ended-left": ended("left"),
  "ended-ended": ended("ended"),
  "ended-cancelled": ended("cancelled"),
  "ended-removed": ended("removed"),
  "ended-denied": ended("denied"),
  "ended-replaced": ended("replaced"),
  "ended-preview-expired": ended("preview-expired"),
  "ended-failed": ended("failed"),
  "ended-host": ended("ended", "host"),

  ...ACCOUNT_SCENES,
  me: looking(),
  "me-empty": looking((own) => {
    own.all = [];
    own.days = [];
    own.looks = [];
    own.deeds = [];
    own.own = { ...own.own, purpose: "", nip: "", unitPath: "" };
  }),
  "me-failed": looking((own) => {
    own.refusals.meetings = failure("UNAVAILABLE");
  }),
  "me-acts-failed": looking((own) => {
    own.refusals.acts = failure("UNAVAILABLE");
  }),
  ...ADMIN_SCENES,
  ...HOST_SCENES,
  ...ATTENDANCE_SCENES,
  ...VERIFY_SCENES,
  ...OFFICE_SCENES,
};

/** Somebody who was here before, and the scene before this one: each starts from nothing. */
export function forgetEverything(): void {
  localStorage.clear();
  sessionStorage.clear();
  stopBeats();
  Reflect.deleteProperty(navigator, "userAgent");
  room.value = null;
  lastForm.value = null;
  leaveAsked.value = false;
  pinned.value = "";
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  scrollTo(0, 0);
}
