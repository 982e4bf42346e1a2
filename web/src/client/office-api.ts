// Office hours over the JSON API: one's own days, and those of a unit. Loaded with the page.
import { itemsOf, numberOf, objectOf, stringOf } from "../protocol/http-api";
import type { AuthorisedCalls, Json } from "./account-session";

/** What a person says of themselves. */
export type OfficeState = "present" | "break" | "done";
/** A meeting that they are in counts before what they said; after-meeting: they said nothing and have left it. */
export type OfficeStatus = "none" | "present" | "in-meeting" | "break" | "done" | "after-meeting";

/** A day of the tenant. Times are Unix milliseconds; `from` and `to` are 0 on a day without office hours. */
export interface OfficeDate {
  /** ISO 8601. */
  readonly date: string;
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
  readonly toleranceMinutes: number;
  /** "": none. */
  readonly holiday: string;
}

export interface OfficeMeeting {
  readonly id: string;
  /** "": a meeting of another unit. */
  readonly title: string;
  readonly first: number;
  /** 0: still in it. */
  readonly last: number;
  readonly presentSeconds: number;
}

export interface OfficeDeclaration {
  readonly state: OfficeState;
  readonly at: number;
  readonly note: string;
}

/** One person on one day. Times are Unix milliseconds, 0 for none; durations are seconds. */
export interface OfficeDay {
  readonly status: OfficeStatus;
  readonly since: number;
  readonly note: string;
  readonly first: number;
  readonly done: number;
  readonly late: number;
  readonly breaks: number;
  readonly breakTime: number;
  readonly present: number;
  readonly inside: number;
  readonly outside: number;
  /** The day is over without "done": counted up to the last that is known. */
  readonly notClosed: boolean;
  readonly meetings: readonly OfficeMeeting[];
  readonly declarations: readonly OfficeDeclaration[];
}

export interface OfficePerson {
  readonly id: string;
  readonly name: string;
  readonly nip: string;
  readonly unitId: string;
}

export interface OfficePersonDay extends OfficePerson {
  readonly day: OfficeDay;
  /** Of today: when they said last, on the day before, that they are present or on a break, where they can still end that day. */
  readonly openSince: number;
}

export interface OfficePersonWeek extends OfficePerson {
  readonly days: readonly OfficeDay[];
  readonly daysPresent: number;
  readonly daysLate: number;
  readonly late: number;
  readonly breaks: number;
  readonly breakTime: number;
  readonly present: number;
  readonly inside: number;
  readonly outside: number;
  readonly meetings: number;
}

export interface OfficeUnit {
  readonly id: string;
  /** "": at the top of what one sees. */
  readonly parentId: string;
  readonly name: string;
}

/** When an answer was made, and where its times are to be read. */
export interface OfficeClock {
  readonly asOf: number;
  readonly timeZone: string;
  /** "WITA" */
  readonly zone: string;
}

/** What somebody did on one day. */
export interface DatedDay {
  readonly date: OfficeDate;
  readonly day: OfficeDay;
}

export interface OwnDay extends OfficeClock, DatedDay {
  /** The day before, where it can still be ended; null otherwise. */
  readonly open: DatedDay | null;
}

export interface OwnWeek extends OfficeClock {
  readonly dates: readonly OfficeDate[];
  readonly week: OfficePersonWeek;
}

export interface UnitDay extends OfficeClock {
  readonly date: OfficeDate;
  readonly people: readonly OfficePersonDay[];
  readonly units: readonly OfficeUnit[];
}

export interface UnitWeek extends OfficeClock {
  readonly dates: readonly OfficeDate[];
  readonly people: readonly OfficePersonWeek[];
  readonly units: readonly OfficeUnit[];
}

/** `clientId` makes it safe to send again: the same one changes nothing. */
export interface NewDeclaration {
  readonly state: OfficeState;
  readonly note: string;
  readonly clientId: string;
  /** The day that it is said of, "" for today; the day before can only be ended. */
  readonly date: string;
}

export interface OfficeFile {
  readonly span: "day" | "week";
  readonly format: "csv" | "xlsx" | "pdf";
  readonly date: string;
  readonly unitId: string;
}

/** Dates are ISO 8601, "" for today; a unit is taken with all below it, "" for all that one sees. Rejects with SessionFailure. */
export interface OfficeApi {
  declare(what: NewDeclaration): Promise<DatedDay>;
  ownDay(): Promise<OwnDay>;
  ownWeek(date: string): Promise<OwnWeek>;
  unitDay(date: string, unitId: string): Promise<UnitDay>;
  unitWeek(date: string, unitId: string): Promise<UnitWeek>;
  /** A unit's day or week to keep or to print, in the tenant's language. */
  file(request: OfficeFile): Promise<Blob>;
}

const STATUSES: Readonly<Record<string, OfficeStatus>> = {
  PRESENT: "present",
  IN_MEETING: "in-meeting",
  BREAK: "break",
  DONE: "done",
  AFTER_MEETING: "after-meeting",
};
/** Files are made one after the other. */
const FILE_MS = 60_000;
const STATES: Readonly<Record<string, OfficeState>> = { PRESENT: "present", BREAK: "break", DONE: "done" };

class OfficeHours implements OfficeApi {
  /** The last answer about a unit's day: asked every few seconds, the server only says that it is still the same. */
  #last: { readonly path: string; readonly mark: string; readonly answer: UnitDay } | null = null;

  constructor(private readonly account: AuthorisedCalls) {}

  async declare({ clientId, ...what }: NewDeclaration): Promise<DatedDay> {
    const body = { ...what, state: what.state.toUpperCase(), client_id: clientId };
    return datedOf(await this.account.call("POST", "/api/v1/office/declare", body));
  }

  async ownDay(): Promise<OwnDay> {
    const answer = await this.account.call("GET", "/api/v1/office/day");
    const open = answer.open ? datedOf(objectOf(answer, "open")) : null;
    return { ...clockOf(answer), ...datedOf(answer), open };
  }

  async ownWeek(date: string): Promise<OwnWeek> {
    const answer = await this.account.call("GET", `/api/v1/office/week${query({ date })}`);
    return { ...clockOf(answer), dates: itemsOf(answer, "dates").map(dateOf), week: weekOf(objectOf(answer, "week")) };
  }

  async unitDay(date: string, unitId: string): Promise<UnitDay> {
    const path = `/api/v1/office/unit/day${query({ date, unit_id: unitId })}`;
    const last = this.#last?.path === path ? this.#last : null;
    const seen = last ? `${path.includes("?") ? "&" : "?"}seen=${last.mark}` : "";
    const answer = await this.account.call("GET", path + seen);
    const told =
      last && answer.unchanged === true
        ? { ...last.answer, asOf: numberOf(answer, "as_of_ms") }
        : {
            ...clockOf(answer),
            date: dateOf(objectOf(answer, "date")),
            people: itemsOf(answer, "people").map((one) => ({
              ...personOf(one),
              day: dayOf(objectOf(one, "day")),
              openSince: numberOf(one, "open_since_ms"),
            })),
            units: itemsOf(answer, "units").map(unitOf),
          };
    this.#last = { path, mark: stringOf(answer, "mark"), answer: told };
    return told;
  }

  file({ unitId, ...request }: OfficeFile): Promise<Blob> {
    return this.account.file(`/api/v1/office/unit/file${query({ ...request, unit_id: unitId })}`, FILE_MS);
  }

  async unitWeek(date: string, unitId: string): Promise<UnitWeek> {
    const answer = await this.account.call("GET", `/api/v1/office/unit/week${query({ date, unit_id: unitId })}`);
    return {
      ...clockOf(answer),
      dates: itemsOf(answer, "dates").map(dateOf),
      people: itemsOf(answer, "people").map(weekOf),
      units: itemsOf(answer, "units").map(unitOf),
    };
  }
}

function query(fields: Readonly<Record<string, string>>): string {
  const given = Object.entries(fields).filter(([, value]) => value);
  return given.length > 0 ? `?${given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}` : "";
}

const clockOf = (answer: Json): OfficeClock => ({
  asOf: numberOf(answer, "as_of_ms"),
  timeZone: stringOf(answer, "time_zone"),
  zone: stringOf(answer, "zone"),
});

export const dateOf = (date: Json): OfficeDate => ({
  date: stringOf(date, "date"),
  start: numberOf(date, "start_ms"),
  end: numberOf(date, "end_ms"),
  from: numberOf(date, "from_ms"),
  to: numberOf(date, "to_ms"),
  toleranceMinutes: numberOf(date, "tolerance_minutes"),
  holiday: stringOf(date, "holiday"),
});

export const dayOf = (day: Json): OfficeDay => ({
  status: STATUSES[stringOf(day, "status")] ?? "none",
  since: numberOf(day, "since_ms"),
  note: stringOf(day, "note"),
  first: numberOf(day, "first_ms"),
  done: numberOf(day, "done_ms"),
  late: numberOf(day, "late_s"),
  breaks: numberOf(day, "breaks"),
  breakTime: numberOf(day, "break_s"),
  present: numberOf(day, "present_s"),
  inside: numberOf(day, "inside_s"),
  outside: numberOf(day, "outside_s"),
  notClosed: day.not_closed === true,
  meetings: itemsOf(day, "meetings").map((one) => ({
    id: stringOf(one, "meeting_id"),
    title: stringOf(one, "title"),
    first: numberOf(one, "first_ms"),
    last: numberOf(one, "last_ms"),
    presentSeconds: numberOf(one, "present_s"),
  })),
  declarations: itemsOf(day, "declarations").map((one) => ({
    state: STATES[stringOf(one, "state")] ?? "present",
    at: numberOf(one, "at_ms"),
    note: stringOf(one, "note"),
  })),
});

const datedOf = (answer: Json): DatedDay => ({
  date: dateOf(objectOf(answer, "date")),
  day: dayOf(objectOf(answer, "day")),
});

const personOf = (person: Json): OfficePerson => ({
  id: stringOf(person, "account_id"),
  name: stringOf(person, "name"),
  nip: stringOf(person, "nip"),
  unitId: stringOf(person, "unit_id"),
});

const weekOf = (week: Json): OfficePersonWeek => ({
  ...personOf(week),
  days: itemsOf(week, "days").map(dayOf),
  daysPresent: numberOf(week, "days_present"),
  daysLate: numberOf(week, "days_late"),
  late: numberOf(week, "late_s"),
  breaks: numberOf(week, "breaks"),
  breakTime: numberOf(week, "break_s"),
  present: numberOf(week, "present_s"),
  inside: numberOf(week, "inside_s"),
  outside: numberOf(week, "outside_s"),
  meetings: numberOf(week, "meetings"),
});

const unitOf = (unit: Json): OfficeUnit => ({
  id: stringOf(unit, "unit_id"),
  parentId: stringOf(unit, "parent_id"),
  name: stringOf(unit, "name"),
});

export function officeApi(account: AuthorisedCalls): OfficeApi {
  return new OfficeHours(account);
}
