// Office hours without servers: a Tuesday in Luwu.
import type { FailureError } from "../src/client/contract";
import type {
  DatedDay,
  NewDeclaration,
  OfficeApi,
  OfficeDate,
  OfficeDay,
  OfficeFile,
  OfficePersonDay,
  OfficeUnit,
  OwnDay,
  OwnWeek,
  UnitDay,
  UnitWeek,
} from "../src/client/office-api";
import { refuseOrHang } from "./refusing";

/** Midnight of Tuesday, 24 November 2026, in Makassar. */
export const MIDNIGHT = Date.UTC(2026, 10, 23, 16);
const CLOCK = { timeZone: "Asia/Makassar", zone: "WITA" };

/** "07:30" of that day. */
export function at(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return MIDNIGHT + (hours * 60 + minutes) * 60_000;
}

export function officeDate(date: string, more: Partial<OfficeDate> = {}): OfficeDate {
  const start = Date.parse(`${date}T00:00:00+08:00`);
  const free = [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());
  return {
    date,
    start,
    end: start + 86_400_000,
    from: free ? 0 : start + 450 * 60_000,
    to: free ? 0 : start + 960 * 60_000,
    toleranceMinutes: 15,
    holiday: "",
    ...more,
  };
}

export function officeDay(more: Partial<OfficeDay> = {}): OfficeDay {
  return {
    status: "none",
    since: 0,
    note: "",
    first: 0,
    done: 0,
    late: 0,
    breaks: 0,
    breakTime: 0,
    present: 0,
    inside: 0,
    outside: 0,
    notClosed: false,
    meetings: [],
    declarations: [],
    ...more,
  };
}

export const UNITS: readonly OfficeUnit[] = [
  { id: "u1", parentId: "", name: "Dinas Komunikasi dan Informatika" },
  { id: "u2", parentId: "u1", name: "Bidang Informasi dan Komunikasi Publik" },
  { id: "u3", parentId: "u1", name: "Bidang Persandian dan Statistik" },
];

const APEL = { id: "8123456789", title: "Apel pagi", first: at("07:45"), last: at("08:10"), presentSeconds: 1500 };

const somebody = (id: string, name: string, unitId: string, day: Partial<OfficeDay>): OfficePersonDay => ({
  id,
  name,
  nip: id === "a4" ? "" : `19870312201001100${id.slice(1)}`,
  unitId,
  day: officeDay(day),
  openSince: 0,
});

export const PEOPLE: readonly OfficePersonDay[] = [
  somebody("a2", "Abd. Rahman, S.Sos., M.A.P.", "u2", {
    status: "present",
    since: at("07:24"),
    first: at("07:24"),
    note: "Menyusun laporan triwulan bersama Bagian Organisasi",
    present: 10_560,
    inside: 10_200,
    outside: 360,
    meetings: [APEL],
  }),
  somebody("a3", "Drs. H. Andi Baso Mappatoba, M.Si", "u1", {
    status: "in-meeting",
    since: at("10:00"),
    first: at("07:30"),
    present: 10_200,
    inside: 10_200,
    meetings: [APEL, { id: "7391048265", title: "", first: at("10:00"), last: 0, presentSeconds: 1200 }],
  }),
  somebody("a4", "Hj. Rosmini Daeng Tayang", "u2", {
    status: "break",
    since: at("10:05"),
    first: at("08:12"),
    late: 2520,
    present: 6780,
    inside: 6780,
    breaks: 1,
    breakTime: 900,
  }),
  somebody("a5", "Muh. Ilham", "u3", {}),
  somebody("a6", "Ni Luh Ayu Kartika", "u3", {
    status: "done",
    since: at("10:10"),
    first: at("07:28"),
    done: at("10:10"),
    present: 9720,
    inside: 9600,
    outside: 120,
  }),
];

type Method = "file" | "declare" | "ownDay" | "ownWeek" | "unitDay" | "unitWeek";

export class FakeOffice implements OfficeApi {
  day = officeDay();
  /** The day before, while it can still be ended. */
  open: DatedDay | null = null;
  people: readonly OfficePersonDay[] = PEOPLE;
  readonly declared: NewDeclaration[] = [];
  readonly asked: string[] = [];
  /** What the next call of each method is refused with. */
  readonly refusals: Partial<Record<Method, FailureError>> = {};
  /** Calls of these never come to an end. */
  readonly hanging = new Set<Method>();
  now = at("10:20");
  today = "2026-11-24";

  async declare(what: NewDeclaration): Promise<DatedDay> {
    await refuseOrHang(this, "declare");
    this.declared.push(what);
    if (this.open && what.date === this.open.date.date) {
      const ended: DatedDay = { date: this.open.date, day: { ...this.open.day, status: "done", done: this.now } };
      this.open = null;
      return ended;
    }
    const declarations = [...this.day.declarations, { state: what.state, at: this.now, note: what.note }];
    const status = what.state;
    const first = this.day.first || this.now;
    this.day = { ...this.day, status, since: this.now, note: what.note, first, declarations };
    return { date: officeDate(this.today), day: this.day };
  }

  async ownDay(): Promise<OwnDay> {
    await refuseOrHang(this, "ownDay");
    return { ...CLOCK, asOf: this.now, date: officeDate(this.today), day: this.day, open: this.open };
  }

  async ownWeek(date: string): Promise<OwnWeek> {
    await refuseOrHang(this, "ownWeek");
    this.asked.push(`ownWeek ${date}`);
    const week = weekOf(somebody("a1", "Siti Aminah", "u2", this.day));
    return { ...CLOCK, asOf: this.now, dates: DATES, week };
  }

  async unitDay(date: string, unitId: string): Promise<UnitDay> {
    await refuseOrHang(this, "unitDay");
    this.asked.push(`unitDay ${date} ${unitId}`);
    const people = this.people.filter((one) => !unitId || one.unitId === unitId);
    return { ...CLOCK, asOf: this.now, date: officeDate(date || this.today), people, units: UNITS };
  }

  async unitWeek(date: string, unitId: string): Promise<UnitWeek> {
    await refuseOrHang(this, "unitWeek");
    this.asked.push(`unitWeek ${date} ${unitId}`);
    const people = this.people.filter((one) => !unitId || one.unitId === unitId).map(weekOf);
    return { ...CLOCK, asOf: this.now, dates: DATES, people, units: UNITS };
  }

  async file(request: OfficeFile): Promise<Blob> {
    await refuseOrHang(this, "file");
    this.asked.push(`file ${request.span} ${request.format} ${request.date} ${request.unitId}`);
    return new Blob(["No.;Nama"]);
  }
}

const DATES = ["23", "24", "25", "26", "27", "28", "29"].map((day) =>
  officeDate(`2026-11-${day}`, day === "25" ? { from: 0, to: 0, holiday: "Hari Guru Nasional" } : {}),
);
const MONDAY = officeDay({
  status: "done",
  first: at("08:02") - 86_400_000,
  late: 1920,
  present: 27_000,
  inside: 27_000,
  notClosed: true,
  meetings: [APEL],
});

function weekOf({ day, ...person }: OfficePersonDay) {
  const days = [MONDAY, day, ...Array.from({ length: 5 }, () => officeDay())];
  const sum = (of: (one: OfficeDay) => number) => days.reduce((total, one) => total + of(one), 0);
  return {
    ...person,
    days,
    daysPresent: sum((one) => (one.first ? 1 : 0)),
    daysLate: sum((one) => (one.late ? 1 : 0)),
    late: sum((one) => one.late),
    breaks: sum((one) => one.breaks),
    breakTime: sum((one) => one.breakTime),
    present: sum((one) => one.present),
    inside: sum((one) => one.inside),
    outside: sum((one) => one.outside),
    meetings: sum((one) => one.meetings.length),
  };
}
