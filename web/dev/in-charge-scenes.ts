// What a host does in a meeting, and what it looks like for those whom it concerns.
import type { ParticipantView } from "../src/client/contract";
import type { ReactionName, WaitingView } from "../src/client/in-charge";
import { pinned } from "../src/ui/meeting/pin";
import { beat } from "./beats";
import { type FakeSession, failure, NOW } from "./fake-session";
import { click, control, crowd, found, meeting, mixed, NAMES, type Scene, somebody, talk, type, wait } from "./stands";

const queue = (count: number): readonly WaitingView[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `w${index}`,
    name: NAMES[(index * 5) % NAMES.length] ?? "",
    since: NOW + index * 40_000,
  }));
const waiting = (count: number) => (session: FakeSession) => {
  session.waiting.value = queue(count);
};
const people = () => control(6);
const controls = async () => {
  await people();
  await click(".panel-acts .button");
};
const menuOf = (index: number) => async () => {
  await people();
  await click(".person-menu", index);
  await wait(150);
};
const hosted = (index: number): Partial<ParticipantView> => ({ ...mixed(index), role: "participant" });
const by = "Drs. H. Andi Baso Mappatoba, M.Si";
const acted = (session: FakeSession, kind: "mute" | "stop-share") => {
  if (kind === "mute") session.microphoneOn.value = false;
  const act = kind === "mute" ? ({ kind, ids: ["self"] } as const) : ({ kind, id: "self" } as const);
  session.tell({ kind: "moderated", act, by, own: false, self: true, names: [] });
};

/** A change every 100 ms, as in a lively meeting: for looking at how smooth the list stays. */
function lively(count: number): Scene {
  return meeting(
    crowd(count, mixed),
    undefined,
    async (session) => {
      await people();
      let turn = 0;
      beat(() => {
        turn += 1;
        const id = `p${(turn * 7) % count}`;
        session.changeOther(id, turn % 3 === 0 ? { handRaisedAt: NOW + turn } : { microphone: turn % 2 === 0 });
      }, 100);
    },
    "host",
  );
}

export const IN_CHARGE_SCENES: Readonly<Record<string, Scene>> = {
  "meeting-host-waiting-one": meeting(crowd(4, hosted), waiting(1), undefined, "host"),
  "meeting-host-waiting-banner": meeting(crowd(4, hosted), waiting(7), undefined, "host"),
  "meeting-host-waiting-room": meeting(crowd(4, hosted), waiting(2), people, "host"),
  "meeting-host-waiting-many": meeting(
    crowd(16, hosted),
    waiting(30),
    async () => {
      await people();
      await click(".waiting-person input", 0);
      await click(".waiting-person input", 1);
    },
    "host",
  ),
  "meeting-host-waiting-failed": meeting(
    crowd(4, hosted),
    (session) => {
      waiting(2)(session);
      session.refusals.moderate = failure("UNAVAILABLE");
    },
    async () => {
      await people();
      await click(".waiting-all .button");
      await found(".notice");
    },
    "host",
  ),
  // What the meeting says beside an open panel.
  "meeting-beside-waiting": meeting(
    crowd(4, hosted),
    (session) => {
      talk(session);
      waiting(2)(session);
    },
    () => control(5),
    "host",
  ),
  "meeting-beside-reactions": meeting(crowd(4, mixed), talk, async () => {
    await control(5);
    await control(4);
  }),
  "meeting-beside-everything": meeting(
    crowd(4, hosted),
    (session) => {
      talk(session);
      waiting(1)(session);
      session.connection.value = { socket: "waiting", attempt: 1, nextTryAt: performance.now() + 9000, media: "up" };
    },
    async (session) => {
      await control(5);
      await control(4);
      acted(session, "mute");
      session.tell({ kind: "joined", participantId: "c", name: "Citra" });
      await wait(1000);
    },
    "host",
  ),
  "meeting-host-waiting-full": meeting(
    crowd(4, hosted),
    (session) => {
      waiting(7)(session);
      session.changeMeeting({ capacity: 7 });
      session.refusals.moderate = failure("MEETING_FULL");
    },
    async () => {
      await people();
      await click(".waiting-all .button");
      await found(".notice");
    },
    "host",
  ),
  "meeting-host-people": meeting(crowd(16, hosted), undefined, people, "host"),
  "meeting-host-controls": meeting(crowd(16, hosted), undefined, controls, "host"),
  "meeting-host-controls-strict": meeting(
    crowd(16, hosted),
    (session) =>
      session.changeRules({ locked: true, lobby: true, unmuteForbidden: true, shareMode: "hosts", chatMode: "hosts" }),
    async () => {
      await controls();
      const panel = await found(".panel-scroll");
      panel.scrollTop = panel.scrollHeight;
    },
    "host",
  ),
  "meeting-host-controls-failed": meeting(
    crowd(4, hosted),
    (session) => {
      session.refusals.moderate = failure("PERMISSION_DENIED");
    },
    async () => {
      await controls();
      await click(".switch input");
      await found(".panel .notice");
    },
    "co-host",
  ),
  "meeting-host-menu": meeting(crowd(6, hosted), undefined, menuOf(0), "host"),
  "meeting-host-remove": meeting(
    crowd(6, hosted),
    undefined,
    async () => {
      await menuOf(0)();
      await click(".danger-text");
    },
    "host",
  ),
  "meeting-menu": meeting(crowd(6, mixed), undefined, menuOf(0)),
  "meeting-people-1000": meeting(crowd(999, mixed), undefined, people),
  "meeting-lively-300": lively(299),
  "meeting-lively-1000": lively(999),
  "meeting-spotlight": meeting(crowd(8, mixed), (session) => session.changeMeeting({ spotlight: "p3" })),
  "meeting-spotlight-screen": meeting(crowd(8, mixed), (session) => {
    session.shareOf("p0");
    session.changeMeeting({ spotlight: "p3" });
  }),
  "meeting-spotlight-own": meeting(crowd(4, mixed), (session) => session.changeMeeting({ spotlight: "self" })),
  "meeting-pinned": meeting(crowd(4, mixed), undefined, async () => {
    pinned.value = "p1";
    await wait(60);
  }),
  "meeting-reactions": meeting(crowd(8, mixed), (session) => {
    const names: readonly ReactionName[] = ["agree", "applause", "thanks", "laugh", "surprised", "applause"];
    names.forEach((name, index) => {
      session.reacts(somebody(index), name);
    });
  }),
  "meeting-reaction-bar": meeting(crowd(4, mixed), undefined, () => control(4)),
  "meeting-muted-by-host": meeting(crowd(4, mixed), undefined, async (session) => {
    acted(session, "mute");
    await wait(60);
  }),
  "meeting-microphone-locked": meeting(
    crowd(4, mixed),
    (session) => session.changeRules({ unmuteForbidden: true, shareMode: "hosts" }),
    () => control(0),
  ),
  "meeting-share-locked": meeting(
    crowd(4, mixed),
    (session) => session.changeRules({ shareMode: "hosts" }),
    () => control(2),
  ),
  "meeting-promoted": meeting(
    crowd(4, mixed),
    undefined,
    async (session) => {
      session.tell({ kind: "role-changed", participantId: "self", name: "Siti Aminah", role: "host" });
      await wait(60);
    },
    "host",
  ),
  "meeting-chat-hosts": meeting(
    crowd(4, mixed),
    (session) => {
      talk(session);
      session.hear({ id: "self", name: "Siti Aminah" }, "Mohon izin, saya perlu bicara sebentar.", -1, true);
    },
    () => control(5),
  ),
  "meeting-chat-only-hosts": meeting(
    crowd(4, mixed),
    (session) => {
      talk(session);
      session.changeRules({ chatMode: "hosts" });
    },
    async () => {
      await control(5);
      await type(".chat-form textarea", "Mohon izin bertanya.");
    },
  ),
};
