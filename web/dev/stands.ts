// What the scenes are built from: a session, an account, a page, and what a person does on it.
import type { EndReason, Failure, FailureCode, ParticipantView, Role } from "../src/client/contract";
import type { Account } from "../src/client/host-contract";
import { lastForm, room } from "../src/ui/room";
import { readAddress } from "../src/ui/route";
import type { Services } from "../src/ui/services";
import { beat } from "./beats";
import { ACCOUNT, FakeAccount } from "./fake-account";
import { FakeAdmin } from "./fake-admin";
import { attendanceLine, FakeHost, hostMeeting, pastMeeting, ROLL_CALL } from "./fake-host";
import { FakeOffice, officeDay, at as officeTime } from "./fake-office";
import { FakeOwnData } from "./fake-own-data";
import { FakeSession, failure, NOW, participant } from "./fake-session";
import { face, page } from "./pictures";

export interface Stand {
  readonly services: Services;
  /** After the page is drawn: what a person does next. */
  readonly act?: () => Promise<void> | void;
}

export type Scene = () => Stand;

export const ID = "8123456789";
export const PHONE = Math.min(screen.width, screen.height) < 600;

export const NAMES: readonly string[] = [
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

export const somebody = (index: number, more: Partial<ParticipantView> = {}) =>
  participant(`p${index}`, NAMES[index % NAMES.length] ?? "", { joinedAt: NOW + index, ...more });

export function crowd(
  count: number,
  more: (index: number) => Partial<ParticipantView> = () => ({}),
): ParticipantView[] {
  return Array.from({ length: count }, (_, index) =>
    somebody(index, index >= NAMES.length ? { ...more(index), name: `Kantor Desa ${index}` } : more(index)),
  );
}

export const newSession = () =>
  new FakeSession({
    faces: PHONE ? 4 : 9,
    canShareScreen: !PHONE,
    picture: (what, of) => (what === "screen" ? page() : face(of)),
  });

export const services = (
  session: FakeSession,
  host = new FakeHost(),
  account = new FakeAccount(),
  admin = new FakeAdmin(),
  office = new FakeOffice(),
  own = new FakeOwnData(),
): Services => ({
  loadAccount: async () => account,
  loadOpenSession: async () => () => session,
  loadAdminApi: async () => admin,
  loadHostApi: async () => host,
  loadOwnDataApi: async () => own,
  loadOfficeApi: async () => office,
  // It is as closed as it was.
  loadWhetherOpen: async () => async () => failure("MEETING_NOT_OPEN", LATER).failure,
  loadCalendar: async () => async () => new Blob(["BEGIN:VCALENDAR"]),
  loadReportsApi: async () => ({ verify: () => Promise.reject(new Error("not on this stand")) }),
});

// --- What a person does ---------------------------------------------------------------------------------------------------

export const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for an element of the page. */
export async function found(selector: string, index = 0): Promise<HTMLElement> {
  for (let tries = 0; tries < 100; tries++) {
    const element = document.querySelectorAll<HTMLElement>(selector)[index];
    if (element) return element;
    await wait(20);
  }
  throw new Error(`nothing on this page is ${selector}`);
}

export async function click(selector: string, index = 0): Promise<void> {
  (await found(selector, index)).click();
  await wait(60);
}

export async function type(selector: string, text: string, index = 0): Promise<void> {
  const field = (await found(selector, index)) as HTMLInputElement;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await wait(20);
}

export const at = (path: string) => {
  history.replaceState(null, "", path);
  readAddress();
};

/** Of a meeting that opens the day after tomorrow. */
export const LATER: Partial<Failure> = {
  retryAfterMs: 40 * 3_600_000,
  opensAt: NOW + 40 * 3_600_000,
  timeZone: "Asia/Makassar",
};

// --- Join -----------------------------------------------------------------------------------------------------------------

export function joining(prepare: (session: FakeSession) => void, act: () => Promise<void>, path = "/"): Scene {
  return () => {
    const session = newSession();
    prepare(session);
    at(path);
    return { services: services(session), act };
  };
}

export const fillIn = async () => {
  await type("input[name=name]", "Siti Aminah");
  await type(".meeting-id input", "8123456789");
  await type("input[name=meeting-password]", "padi-hijau-77");
};

export const refused = (code: FailureCode, retryAfterMs = 0, more: Partial<Failure> = {}): Scene =>
  joining(
    (session) => {
      session.refusals.prepare = failure(code, { retryAfterMs, ...more });
    },
    async () => {
      await fillIn();
      await click("button[type=submit]");
    },
  );

export const JOIN_FAILURES: readonly FailureCode[] = [
  "WRONG_ID_OR_PASSWORD",
  "MEETING_FULL",
  "MEETING_ENDED",
  "MEETING_NOT_OPEN",
  "MEETING_LOCKED",
  "LOBBY_DENIED",
  "REMOVED",
  "MEETING_CANCELLED",
  "NO_MEDIA_NODE",
  "UNAVAILABLE",
  "OFFLINE",
  "OFFER_REFUSED",
  "BROWSER_UNSUPPORTED",
  "PREVIEW_EXPIRED",
];

// --- Preview --------------------------------------------------------------------------------------------------------------

export const FORM = { name: "Siti Aminah", meetingId: ID, password: "padi-hijau-77" };

export function preview(change: (session: FakeSession) => void = () => undefined, act?: () => Promise<void>): Scene {
  return () => {
    const session = newSession();
    session.phase.value = "preview";
    session.cameraPreview.value = face(FORM.name);
    let time = 0;
    beat(() => {
      time += 1;
      session.microphoneLevel.value = session.microphoneOn.value ? 0.45 + Math.sin(time / 2) * 0.25 : 0;
    }, 66);
    change(session);
    room.value = { session, form: FORM, from: "join" };
    return { services: services(session), ...(act && { act }) };
  };
}

export const withoutDevices =
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

export const AGENTS: Readonly<Record<string, string>> = {
  "chrome-android": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36",
  "chrome-desktop": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
  firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
  "safari-ios": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1",
  "safari-mac": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
};

export const deniedIn = (browser: string): Scene =>
  preview((session) => {
    Object.defineProperty(navigator, "userAgent", { value: AGENTS[browser] ?? "", configurable: true });
    withoutDevices("denied")(session);
  });

// --- Meeting --------------------------------------------------------------------------------------------------------------

export function meeting(
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

export const talk = (session: FakeSession) => {
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

export const control = (index: number) => click(".controls .control", index);
export const mixed = (index: number): Partial<ParticipantView> => ({
  microphone: index % 3 === 0,
  camera: index % 4 !== 2,
  handRaisedAt: index === 3 ? NOW + 3 : index === 1 ? NOW + 9 : 0,
  role: index === 0 ? "host" : index === 1 ? "co-host" : "participant",
});
export const sharing = (session: FakeSession) => session.shareOf("p0");

export const ended =
  (reason: EndReason, from: "join" | "host" = "join"): Scene =>
  () => {
    const session = newSession();
    session.end(reason, reason === "failed" ? failure("SESSION_GONE").failure : null);
    room.value = { session, form: FORM, from };
    lastForm.value = FORM;
    return { services: services(session) };
  };

// --- Host -----------------------------------------------------------------------------------------------------------------

export function hosting(
  prepare: (host: FakeHost) => void = () => undefined,
  act?: () => Promise<void>,
  role: Account["role"] = "host",
): Scene {
  return () => {
    const host = new FakeHost();
    prepare(host);
    at("/host");
    const account = new FakeAccount({ ...ACCOUNT, role });
    return { services: services(newSession(), host, account), ...(act && { act }) };
  };
}

export function looking(prepare: (own: FakeOwnData) => void = () => undefined): Scene {
  return () => {
    const own = new FakeOwnData();
    prepare(own);
    at("/saya");
    const account = new FakeAccount({ ...ACCOUNT, role: "participant" });
    return {
      services: services(newSession(), new FakeHost(), account, new FakeAdmin(), new FakeOffice(), own),
      act: async () => {
        await found(".me-part");
      },
    };
  };
}

export function managing(
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

/** Of this year, of 2027, and less tolerance since August. */
export function withRamadan(admin: FakeAdmin): void {
  const { officeHours } = admin.current;
  const usual = { days: officeHours.days, toleranceMinutes: officeHours.toleranceMinutes };
  const ramadan = {
    days: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: 480, to: weekday === 5 ? 930 : 900 })),
    toleranceMinutes: 15,
  };
  const changes = [
    { from: "2026-02-19", ...ramadan },
    { from: "2026-03-20", ...usual },
    { from: "2026-08-03", ...usual, toleranceMinutes: 10 },
    { from: "2027-02-08", ...ramadan },
    { from: "2027-03-10", ...usual, toleranceMinutes: 10 },
  ];
  admin.current = { ...admin.current, officeHours: { ...officeHours, changes } };
}

export function atTheOffice(
  role: Account["role"],
  rest = "",
  prepare: (office: FakeOffice) => void = () => undefined,
  act?: () => Promise<void>,
): Scene {
  return () => {
    const office = new FakeOffice();
    prepare(office);
    at(`/kantor${rest}`);
    const account = new FakeAccount({ ...ACCOUNT, role });
    return {
      services: services(newSession(), new FakeHost(), account, new FakeAdmin(), office),
      act: async () => {
        await found(".office");
        await wait(150);
        await act?.();
        // Words that stand for what is still on its way come after a moment.
        await wait(300);
      },
    };
  };
}

export const atWork = (office: FakeOffice) => {
  office.day = officeDay({
    status: "present",
    since: officeTime("13:02"),
    note: "Menyusun laporan triwulan bersama Bagian Organisasi",
    first: officeTime("07:52"),
    late: 1320,
    present: 19_680,
    inside: 19_680,
    breaks: 1,
    breakTime: 3600,
    meetings: [
      {
        id: "8123456789",
        title: "Rapat Koordinasi Camat",
        first: officeTime("09:00"),
        last: officeTime("10:30"),
        presentSeconds: 5400,
      },
    ],
    declarations: [
      { state: "present", at: officeTime("07:52"), note: "Surat masuk" },
      { state: "break", at: officeTime("12:00"), note: "" },
      { state: "present", at: officeTime("13:02"), note: "Menyusun laporan triwulan bersama Bagian Organisasi" },
    ],
  });
};

export function withAccount(
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

export const some = (host: FakeHost) => {
  host.meetings = [
    hostMeeting("8123456789", "Rapat Koordinasi Camat", { present: 12 }),
    hostMeeting("5402918374", "Apel pagi", {
      state: "not-open",
      schedule: ROLL_CALL,
      opensAt: NOW + 22 * 3_600_000,
      nextStartsAt: NOW + 22.25 * 3_600_000,
    }),
    hostMeeting("7391048265", "Musyawarah Perencanaan Pembangunan (Musrenbang) Kecamatan Larompong Selatan", {
      state: "not-open",
      schedule: { ...ROLL_CALL, recurrence: null },
      opensAt: NOW + 26 * 3_600_000,
      nextStartsAt: NOW + 26.25 * 3_600_000,
    }),
    hostMeeting("6204918375", "Rapat staf", { state: "ended", endedAt: NOW - 20 * 3_600_000 }),
    hostMeeting("4204918376", "Sosialisasi e-Kinerja", {
      state: "cancelled",
      schedule: { ...ROLL_CALL, recurrence: null },
    }),
  ];
  const series = hostMeeting("5402918374", "Apel pagi", { schedule: ROLL_CALL });
  host.past = [1, 2, 3].map((day) =>
    pastMeeting(series, {
      number: 9 - day,
      startedAt: NOW - day * 86_400_000,
      endedAt: NOW - day * 86_400_000 + 1_740_000,
      mostPresent: 40 - day,
    }),
  );
  host.older = host.past;
  host.ofOthers = [
    hostMeeting("9123456789", "Rapat Bidang Informasi dan Komunikasi Publik", {
      ownerId: "a2",
      ownerName: "Dra. Hj. Rina Nurhayati, M.M.",
      present: 4,
    }),
  ];
};

export const attended = (host: FakeHost) => {
  some(host);
  const left = { lastLeave: NOW + 3_723_000, reason: "left" } as const;
  host.people = NAMES.map((name, number) => attendanceLine(name, number % 3 === 0 ? {} : left)).concat(
    attendanceLine("Budi", { ...left, presentSeconds: 754, rejoins: 3, lost: 2, reason: "lost" }),
  );
};

export const signedOut = (account: FakeAccount) => {
  account.signedIn = false;
};
