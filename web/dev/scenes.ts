// Every page and state that somebody may meet, by name.
import type { Account, FailureCode, ParticipantView, Role } from "../src/client/contract";
import { remember } from "../src/ui/remembered";
import { lastForm, leaveAsked, room } from "../src/ui/room";
import { readAddress } from "../src/ui/route";
import type { Services } from "../src/ui/services";
import { ACCOUNT, FakeAccount } from "./fake-account";
import { FakeAdmin } from "./fake-admin";
import { attendanceLine, FakeHost, hostMeeting } from "./fake-host";
import { FakeSession, failure, NOW, participant } from "./fake-session";
import { face, page } from "./pictures";
import { openPoll, pastPolls, votedPoll } from "./poll-scenes";

export interface Stand {
  readonly services: Services;
  /** After the page is drawn: what a person does next. */
  readonly act?: () => Promise<void> | void;
}

export type Scene = () => Stand;

const ID = "8123456789";
const PHONE = Math.min(screen.width, screen.height) < 600;

const NAMES: readonly string[] = [
  "Drs. H. Andi Baso Mappatoba, M.Si",
  "Ni Luh Ayu Kartika",
  "Budi Santoso, S.STP",
  "Hj. Rosmini Daeng Tayang",
  "Camat Larompong Selatan",
  "Yohanes Tangke Allo",
  "Muh. Ilham",
  "dr. Fitriani, M.Kes",
  "Kantor Desa Posi",
  "Abd. Rahman, S.Sos., M.A.P.",
  "Sitti Nurhaliza",
  "Dinas PUPR Bidang Bina Marga",
];

const somebody = (index: number, more: Partial<ParticipantView> = {}) =>
  participant(`p${index}`, NAMES[index % NAMES.length] ?? "", { joinedAt: NOW + index, ...more });

function crowd(count: number, more: (index: number) => Partial<ParticipantView> = () => ({})): ParticipantView[] {
  return Array.from({ length: count }, (_, index) =>
    somebody(index, index >= NAMES.length ? { ...more(index), name: `Kantor Desa ${index}` } : more(index)),
  );
}

const newSession = () =>
  new FakeSession({
    faces: PHONE ? 4 : 9,
    canShareScreen: !PHONE,
    picture: (what, of) => (what === "screen" ? page() : face(of)),
  });

const services = (
  session: FakeSession,
  host = new FakeHost(),
  account = new FakeAccount(),
  admin = new FakeAdmin(),
): Services => ({
  loadAccount: async () => account,
  loadOpenSession: async () => () => session,
  loadAdminApi: async () => admin,
  loadHostApi: async () => host,
});

// --- What a person does ---------------------------------------------------------------------------------------------------

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for an element of the page. */
async function found(selector: string, index = 0): Promise<HTMLElement> {
  for (let tries = 0; tries < 100; tries++) {
    const element = document.querySelectorAll<HTMLElement>(selector)[index];
    if (element) return element;
    await wait(20);
  }
  throw new Error(`nothing on this page is ${selector}`);
}

async function click(selector: string, index = 0): Promise<void> {
  (await found(selector, index)).click();
  await wait(60);
}

async function type(selector: string, text: string, index = 0): Promise<void> {
  const field = (await found(selector, index)) as HTMLInputElement;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await wait(20);
}

const at = (path: string) => {
  history.replaceState(null, "", path);
  readAddress();
};

// --- Join -----------------------------------------------------------------------------------------------------------------

function joining(prepare: (session: FakeSession) => void, act: () => Promise<void>, path = "/"): Scene {
  return () => {
    const session = newSession();
    prepare(session);
    at(path);
    return { services: services(session), act };
  };
}

const fillIn = async () => {
  await type("input[name=name]", "Siti Aminah");
  await type(".meeting-id input", "8123456789");
  await type("input[name=meeting-password]", "padi-hijau-77");
};

const refused = (code: FailureCode, retryAfterMs = 0): Scene =>
  joining(
    (session) => {
      session.refusals.prepare = failure(code, { retryAfterMs });
    },
    async () => {
      await fillIn();
      await click("button[type=submit]");
    },
  );

const JOIN_FAILURES: readonly FailureCode[] = [
  "WRONG_ID_OR_PASSWORD",
  "MEETING_FULL",
  "MEETING_ENDED",
  "MEETING_NOT_OPEN",
  "NO_MEDIA_NODE",
  "UNAVAILABLE",
  "OFFLINE",
  "OFFER_REFUSED",
  "BROWSER_UNSUPPORTED",
  "PREVIEW_EXPIRED",
];

// --- Preview --------------------------------------------------------------------------------------------------------------

const FORM = { name: "Siti Aminah", meetingId: ID, password: "padi-hijau-77" };

function preview(change: (session: FakeSession) => void = () => undefined, act?: () => Promise<void>): Scene {
  return () => {
    const session = newSession();
    session.phase.value = "preview";
    session.cameraPreview.value = face(FORM.name);
    let time = 0;
    setInterval(() => {
      time += 1;
      session.microphoneLevel.value = session.microphoneOn.value ? 0.45 + Math.sin(time / 2) * 0.25 : 0;
    }, 66);
    change(session);
    room.value = { session, form: FORM, from: "join" };
    return { services: services(session), ...(act && { act }) };
  };
}

const withoutDevices =
  (access: "denied" | "none" | "in-use" | "insecure" | "asking" | "failed") => (session: FakeSession) => {
    session.devices.value = {
      ...session.devices.value,
      camera: access,
      microphone: access,
      cameras: [],
      microphones: [],
    };
    session.cameraPreview.value = null;
    if (access !== "asking") {
      session.cameraOn.value = false;
      session.microphoneOn.value = false;
    }
  };

const AGENTS: Readonly<Record<string, string>> = {
  "chrome-android": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36",
  "chrome-desktop": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
  firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
  "safari-ios": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1",
  "safari-mac": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
};

const deniedIn = (browser: string): Scene =>
  preview((session) => {
    Object.defineProperty(navigator, "userAgent", { value: AGENTS[browser] ?? "", configurable: true });
    withoutDevices("denied")(session);
  });

// --- Meeting --------------------------------------------------------------------------------------------------------------

function meeting(
  others: readonly ParticipantView[],
  change: (session: FakeSession) => void = () => undefined,
  act?: (session: FakeSession) => Promise<void> | void,
  role: Role = "participant",
): Scene {
  return () => {
    const session = newSession();
    session.gather(participant("self", "Siti Aminah", { role, joinedAt: NOW + 500 }), others);
    change(session);
    room.value = { session, form: FORM, from: role === "host" ? "host" : "join" };
    leaveAsked.value = false;
    return {
      services: services(session),
      ...(act && {
        act: async () => {
          await found(".controls");
          await wait(80);
          await act(session);
        },
      }),
    };
  };
}

const talk = (session: FakeSession) => {
  session.hear(somebody(0), "Selamat pagi Bapak/Ibu. Kita mulai pukul 09.00 tepat.", -9);
  session.hear(somebody(1), "Selamat pagi, Pak.", -8);
  session.hear(
    somebody(1),
    "Bahan rapat sudah saya kirim lewat surel: https://luwukab.go.id/dokumen/rka-kecamatan-2020-revisi-final.pdf",
    -8,
  );
  session.hear({ id: "self", name: "Siti Aminah" }, "Terima kasih, sudah saya terima.", -6);
  session.hear(
    somebody(4),
    "Mohon izin, jaringan di Larompong Selatan kurang stabil pagi ini.\nKalau terputus, saya bergabung lagi.",
    -2,
  );
};

const control = (index: number) => click(".controls .control", index);
const mixed = (index: number): Partial<ParticipantView> => ({
  microphone: index % 3 === 0,
  camera: index % 4 !== 2,
  handRaisedAt: index === 3 ? NOW + 3 : index === 1 ? NOW + 9 : 0,
  role: index === 0 ? "host" : index === 1 ? "co-host" : "participant",
});
const sharing = (session: FakeSession) => session.shareOf("p0");

const ended =
  (
    reason: "left" | "ended" | "removed" | "replaced" | "preview-expired" | "failed",
    from: "join" | "host" = "join",
  ): Scene =>
  () => {
    const session = newSession();
    session.end(reason, reason === "failed" ? failure("SESSION_GONE").failure : null);
    room.value = { session, form: FORM, from };
    lastForm.value = FORM;
    return { services: services(session) };
  };

// --- Host -----------------------------------------------------------------------------------------------------------------

function hosting(prepare: (host: FakeHost) => void = () => undefined, act?: () => Promise<void>): Scene {
  return () => {
    const host = new FakeHost();
    prepare(host);
    at("/host");
    return { services: services(newSession(), host), ...(act && { act }) };
  };
}

function managing(
  section: string,
  act?: (admin: FakeAdmin) => Promise<unknown>,
  prepare: (admin: FakeAdmin) => void = () => undefined,
): Scene {
  return () => {
    const admin = new FakeAdmin();
    prepare(admin);
    at(`/admin${section}`);
    const account = new FakeAccount({ ...ACCOUNT, role: "tenant-admin" });
    return {
      services: services(newSession(), new FakeHost(), account, admin),
      act: async () => {
        await found(".admin section, .admin .notice");
        await act?.(admin);
      },
    };
  };
}

function withAccount(
  path: string,
  role: Account["role"],
  prepare: (account: FakeAccount) => void = () => undefined,
  act?: (account: FakeAccount) => Promise<unknown>,
): Scene {
  return () => {
    const account = new FakeAccount({ ...ACCOUNT, role });
    prepare(account);
    at(path);
    return {
      services: services(newSession(), new FakeHost(), account),
      ...(act && {
        act: async () => {
          await act(account);
        },
      }),
    };
  };
}

const some = (host: FakeHost) => {
  host.meetings = [
    hostMeeting("8123456789", "Rapat Koordinasi Camat", { present: 12 }),
    hostMeeting("7391048265", "Musyawarah Perencanaan Pembangunan (Musrenbang) Kecamatan Larompong Selatan", {
      state: "not-open",
      opensAt: NOW + 26 * 3_600_000,
    }),
    hostMeeting("6204918375", "Apel pagi", { state: "ended", endedAt: NOW - 20 * 3_600_000 }),
  ];
};

const attended = (host: FakeHost) => {
  some(host);
  const left = { lastLeave: NOW + 3_723_000, reason: "left" } as const;
  host.people = NAMES.map((name, number) => attendanceLine(name, number % 3 === 0 ? {} : left)).concat(
    attendanceLine("Budi", { ...left, presentSeconds: 754, rejoins: 3, lost: 2, reason: "lost" }),
  );
};

const signedOut = (account: FakeAccount) => {
  account.signedIn = false;
};

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
    session.meeting.value = { id: ID, title: "Rapat Koordinasi Camat", present: 43, capacity: 100 };
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
    () => control(4),
  ),
  "meeting-own-screen": meeting(crowd(3), (session) => void session.shareScreen()),
  "meeting-chat": meeting(crowd(4, mixed), talk, () => control(4)),
  "meeting-chat-empty": meeting(crowd(4, mixed), undefined, () => control(4)),
  "meeting-chat-failed": meeting(
    crowd(4, mixed),
    (session) => {
      talk(session);
      session.refusals.say = failure("OFFLINE");
    },
    async (session) => {
      await session.say("Apakah suara saya terdengar?");
      session.sending("Saya coba kirim lagi.");
      await control(4);
      await type(".chat-form textarea", "a".repeat(2003));
    },
  ),
  "meeting-chat-unread": meeting(crowd(4, mixed), undefined, async (session) => {
    talk(session);
    await wait(50);
  }),
  "meeting-participants": meeting(crowd(16, mixed), undefined, () => control(5)),
  "meeting-participants-none": meeting(crowd(16, mixed), undefined, async () => {
    await control(5);
    await type(".panel-search input", "zulkifli");
  }),
  "meeting-polls-empty": meeting(crowd(16, mixed), undefined, () => control(6)),
  "meeting-polls-banner": meeting(crowd(16, mixed), undefined, async (session) => {
    openPoll(session);
    await found(".banner");
  }),
  "meeting-polls-open": meeting(crowd(39, mixed), openPoll, () => control(6)),
  "meeting-polls-voted": meeting(crowd(39, mixed), votedPoll, () => control(6)),
  "meeting-polls-open-host": meeting(crowd(39, mixed), openPoll, () => control(6), "host"),
  "meeting-polls-results": meeting(crowd(39, mixed), pastPolls, () => control(6)),
  "meeting-polls-form": meeting(
    crowd(16, mixed),
    undefined,
    async () => {
      await control(6);
      await click(".polls .button.main");
      await type(".poll input", "Setuju rapat dilanjutkan minggu depan?");
    },
    "host",
  ),
  "meeting-polls-wrong": meeting(
    crowd(16, mixed),
    undefined,
    async () => {
      await control(6);
      await click(".polls .button.main");
      await click(".poll > .button");
      await type(".poll input", "Ya", 1);
      await type(".poll input", "ya", 2);
      await click(".poll button[type=submit]");
    },
    "host",
  ),
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
  "ended-removed": ended("removed"),
  "ended-replaced": ended("replaced"),
  "ended-preview-expired": ended("preview-expired"),
  "ended-failed": ended("failed"),
  "ended-host": ended("ended", "host"),

  "account-restoring": withAccount(
    "/host",
    "host",
    (account) => account.hanging.add("restore"),
    () => wait(1200),
  ),
  "account-restore-failed": withAccount("/host", "host", (account) => {
    account.refusals.restore = failure("OFFLINE");
  }),
  "account-sign-in": withAccount("/masuk", "host", signedOut),
  "account-sign-in-wrong": withAccount(
    "/masuk",
    "host",
    (account) => {
      signedOut(account);
      account.refusals.signIn = failure("WRONG_USER_OR_PASSWORD");
    },
    async () => {
      await type("input[name=username]", "197804122005011003");
      await type("input[name=password]", "salah");
      await click("button[type=submit]");
    },
  ),
  "account-session-ended": withAccount("/host", "host", undefined, async (account) => {
    await found(".host");
    account.account.value = null;
    await wait(60);
  }),
  "account-start": withAccount("/masuk", "participant"),
  "account-refused": withAccount("/host", "participant"),
  "account-menu": withAccount("/host", "tenant-admin", undefined, async () => {
    const menu = await found(".menu-button");
    if (menu.checkVisibility()) menu.click();
    await wait(60);
  }),
  "admin-units": managing(""),
  "admin-units-none": managing("", undefined, (admin) => {
    admin.all = [];
  }),
  "admin-unit": managing("", () => click(".unit-row", 1)),
  "admin-unit-taken": managing("", async (admin) => {
    await click(".admin .button.main");
    admin.refusals.createUnit = failure("CONFLICT", { field: "name" });
    await type(".ask input", "Sekretariat Daerah");
    await click(".ask .button.main");
  }),
  "admin-unit-not-empty": managing("", async (admin) => {
    admin.refusals.deleteUnit = failure("WRONG_STATE");
    await click(".unit-row", 1);
    await click(".ask .danger-text");
    await click(".ask .button.danger");
  }),
  "admin-accounts": managing("/akun"),
  "admin-account-new": managing("/akun", () => click(".admin-search .button.main")),
  "admin-account-wrong": managing("/akun", async () => {
    await click(".admin-search .button.main");
    await type(".ask input", "Siti Aminah, S.Kom", 0);
    await type(".ask input", "Siti Aminah", 1);
    await type(".ask input", "1978", 2);
    await click(".ask .button.main");
  }),
  "admin-account-password": managing("/akun", async () => {
    await click(".admin-search .button.main");
    await type(".ask input", "Siti Aminah, S.Kom", 0);
    await type(".ask input", "siti.aminah", 1);
    await click(".ask .button.main");
  }),
  "admin-account-conflict": managing("/akun", async (admin) => {
    await click(".account-card .button", 2);
    admin.refusals.updateAccount = failure("CONFLICT", { field: "revision" });
    await type(".ask input", "Budi Santoso, S.STP, M.Si", 0);
    await click(".ask .button.main");
    await found(".ask .notice");
  }),
  "admin-hours": managing("/jam-kerja"),
  "admin-hours-conflict": managing("/jam-kerja", async (admin) => {
    admin.refusals.updateTenant = failure("CONFLICT", { field: "revision" });
    await type(".field.short input", "30");
    await click(".save-bar .button");
    await found(".notice");
  }),
  "admin-hours-wrong": managing("/jam-kerja", async () => {
    await type(".office-day input[type=time]", "06:00", 1);
    await click(".save-bar .button");
  }),
  "admin-holidays": managing("/hari-libur"),
  "admin-holidays-paste": managing("/hari-libur", async () => {
    await click(".holiday-paste summary");
    await type(".holiday-paste textarea", "2027-03-20 Idulfitri 1448 Hijriah\n21 Maret Idulfitri");
    await click(".holiday-paste .button");
  }),
  "admin-letterhead": managing("/kop-surat"),
  "admin-tenant": managing("/instansi"),
  "admin-tenant-shorter": managing("/instansi", async () => {
    await type(".field.short input", "90");
    await click(".save-bar .button");
  }),
  "admin-leave": managing("/instansi", async () => {
    await type(".admin-form input", "Kabupaten Luwu Raya");
    await click(".admin-tabs a", 1);
  }),
  "admin-failed": managing("", undefined, (admin) => {
    admin.refusals.tenant = failure("UNAVAILABLE");
  }),
  "host-empty": hosting(),
  "host-loading": hosting(
    (host) => host.hanging.add("listMeetings"),
    () => wait(500).then(() => undefined),
  ),
  "host-list-failed": hosting((host) => {
    host.refusals.listMeetings = failure("UNAVAILABLE");
  }),
  "host-list": hosting(some),
  "host-new": hosting(some, () => click(".host-head .button.main")),
  "host-new-wrong": hosting(some, async () => {
    await click(".host-head .button.main");
    await click(".choice input", 1);
    await click("button[type=submit]");
  }),
  "host-invitation": hosting(some, async () => {
    await click(".host-head .button.main");
    await type(".host-form input[type=text]", "Rapat Koordinasi Camat");
    await click("button[type=submit]");
  }),
  "host-invitation-copied": hosting(some, async () => {
    await click(".host-head .button.main");
    await type(".host-form input[type=text]", "Rapat Koordinasi Camat");
    await click("button[type=submit]");
    await click(".host-form .button.main");
  }),
  "host-invitation-old": hosting(some, () => click(".meeting-acts .button", 1)),
  "host-new-password": hosting(some, async () => {
    await click(".meeting-acts .button", 1);
    await click(".host-form .button.main");
  }),
  "host-attendance": hosting(attended, () => click(".meeting-acts .button", 2)),
  "host-attendance-empty": hosting(some, () => click(".meeting-acts .button", 2)),
  "host-attendance-failed": hosting(
    (host) => {
      attended(host);
      host.refusals.attendance = failure("UNAVAILABLE");
    },
    () => click(".meeting-acts .button", 2),
  ),
  "host-end": hosting(some, () => click(".meeting-acts .end")),
};

/** Somebody who was here before; the scenes start from nothing otherwise. */
export function forgetEverything(): void {
  for (const key of ["name", "language", "theme"]) remember("device", key, "");
  remember("tab", `password.${ID}`, "");
  room.value = null;
  lastForm.value = null;
}
