import { afterEach, describe, expect, it, vi } from "vitest";
import { accountSession } from "./account-session";
import { hostApi } from "./host-api";

const SIGNED_IN = {
  access_token: "t1",
  expires_in_s: 600,
  account: { account_id: "a", user: "andi", name: "Andi", role: "HOST" },
  tenant_name: "Luwu",
};
const REPORT = {
  meeting_id: "8123456789",
  title: "Apel pagi",
  owner_name: "Andi",
  started_at_ms: 1000,
  ended_at_ms: 0,
  as_of_ms: 9000,
  time_zone: "Asia/Makassar",
  zone: "WITA",
  records: 3,
  intact: true,
  head: "ab",
  people: [
    {
      name: "Budi",
      account_id: "",
      nip: "197001011990031001",
      unit: "Bidang IKP",
      first_join_ms: 1000,
      last_leave_ms: 4000,
      present_s: 3,
      rejoins: 0,
      lost: 1,
      reason: "LOST",
    },
    { name: "Ani", first_join_ms: 2000, last_leave_ms: 0, present_s: 7, rejoins: 1, lost: 0, reason: "SOMETHING_NEW" },
  ],
};

afterEach(() => vi.unstubAllGlobals());

/** Answers in this order; gives what was asked for, as "path bearer". */
function answering(...answers: Response[]): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    asked.push(`${path} ${new Headers(init.headers).get("authorization") ?? ""}`.trim());
    const answer = answers.shift();
    if (!answer) throw new Error("asked too often");
    return answer;
  });
  return asked;
}

const refused = (status: number, code: string) =>
  Response.json({ error: { code, field: "", message: "", retry_after_ms: 0 } }, { status });

describe("the attendance", () => {
  it("is read from JSON; a reason that is not known is none", async () => {
    const asked = answering(Response.json(SIGNED_IN), Response.json(REPORT));
    const attendance = await hostApi(accountSession()).attendance("8123456789", 0);
    expect(asked[1]).toBe("/api/v1/meetings/8123456789/attendance?occurrence=0 Bearer t1");
    expect(attendance).toMatchObject({ title: "Apel pagi", startedAt: 1000, endedAt: 0, asOf: 9000, intact: true });
    expect(attendance.people).toEqual([
      {
        name: "Budi",
        nip: "197001011990031001",
        unit: "Bidang IKP",
        firstJoin: 1000,
        lastLeave: 4000,
        presentSeconds: 3,
        rejoins: 0,
        lost: 1,
        reason: "lost",
      },
      {
        name: "Ani",
        nip: "",
        unit: "",
        firstJoin: 2000,
        lastLeave: 0,
        presentSeconds: 7,
        rejoins: 1,
        lost: 0,
        reason: "",
      },
    ]);
  });

  it("is refused when something in it is missing", async () => {
    answering(Response.json(SIGNED_IN), Response.json({ ...REPORT, people: [{ name: "Budi" }] }));
    await expect(hostApi(accountSession()).attendance("8123456789", 0)).rejects.toMatchObject({
      failure: { code: "MALFORMED" },
    });
  });

  it("comes as a file, with a new token where the old one expired", async () => {
    const asked = answering(
      Response.json(SIGNED_IN),
      refused(401, "TOKEN_EXPIRED"),
      Response.json({ ...SIGNED_IN, access_token: "t2" }),
      new Response("a;b"),
    );
    const file = await hostApi(accountSession()).attendanceFile("8123456789", 2, "xlsx");
    expect(await file.text()).toBe("a;b");
    expect(asked[3]).toBe("/api/v1/meetings/8123456789/attendance.xlsx?occurrence=2 Bearer t2");
  });

  it("says why there is no file", async () => {
    answering(Response.json(SIGNED_IN), refused(404, "NOT_FOUND"));
    await expect(hostApi(accountSession()).attendanceFile("8123456789", 0, "csv")).rejects.toMatchObject({
      failure: { code: "NOT_FOUND" },
    });
  });
});

describe("the attendance of a month", () => {
  const asked = { month: "2026-11", scope: "unit", format: "csv" } as const;
  const answer = (about: object) =>
    new Response(
      `{"step":"COMPOSING","done":1,"total":2}\n{"step":"NEWER","done":0,"total":0}\n${JSON.stringify({ file: { media_type: "text/csv", size: 3, ...about } })}\na;b`,
    );

  it("is told step by step, then comes with its name", async () => {
    const paths = answering(Response.json(SIGNED_IN), answer({ name: "kehadiran-2026-11.csv", meetings: 2 }));
    const told: unknown[] = [];
    const got = await hostApi(accountSession()).monthFile(
      asked,
      (progress) => told.push(progress),
      new AbortController().signal,
    );
    expect(paths[1]).toBe("/api/v1/reports/attendance?month=2026-11&scope=unit&format=csv Bearer t1");
    expect(told).toEqual([
      { step: "composing", done: 1, total: 2 },
      { step: "waiting", done: 0, total: 0 },
      { step: "sending", done: 3, total: 3 },
    ]);
    expect([got.name, got.meetings, await got.file.text()]).toEqual(["kehadiran-2026-11.csv", 2, "a;b"]);
  });

  it("keeps to a plain name, and asks again where the token has expired", async () => {
    answering(
      Response.json(SIGNED_IN),
      refused(401, "TOKEN_EXPIRED"),
      Response.json(SIGNED_IN),
      answer({ name: "../../x.exe" }),
    );
    const got = await hostApi(accountSession()).monthFile(asked, () => undefined, new AbortController().signal);
    expect([got.name, got.meetings]).toEqual(["kehadiran-2026-11.csv", 1]);
  });
});

const MEETING = {
  meeting_id: "8123456789",
  title: "Apel pagi",
  state: "CANCELLED",
  owner_account_id: "a",
  owner_name: "Andi",
  present: 0,
  capacity: 100,
  created_at_ms: 1,
  opens_at_ms: 2,
  ended_at_ms: 0,
  next_starts_at_ms: 3,
  next_ends_at_ms: 4,
  revision: 7,
  schedule: {
    date: "2026-11-23",
    time: "07:45",
    duration_minutes: 30,
    open_before_minutes: 15,
    time_zone: "Asia/Makassar",
    recurrence: { workdays: true, weekdays: [], skip_holidays: true, every_weeks: 0, until_date: "" },
  },
  settings: { lobby: true, locked: true },
};

describe("planned meetings", () => {
  it("are read with their schedule, page after page", async () => {
    const asked = answering(
      Response.json(SIGNED_IN),
      Response.json({ meetings: [MEETING], next_page_token: "n", time_zone: "Asia/Makassar" }),
      Response.json({ meetings: [{ ...MEETING, schedule: null }], next_page_token: "", time_zone: "Asia/Makassar" }),
      Response.json({ occurrences: [{ meeting: MEETING, number: 2, started_at_ms: 5 }], next_page_token: "" }),
    );
    const api = hostApi(accountSession());
    const { meetings, timeZone } = await api.listMeetings("unit");
    expect(asked[1]).toBe("/api/v1/meetings?upcoming=1&scope=unit Bearer t1");
    expect(asked[2]).toBe("/api/v1/meetings?upcoming=1&scope=unit&page_token=n Bearer t1");
    expect(timeZone).toBe("Asia/Makassar");
    expect(meetings[0]).toMatchObject({ state: "cancelled", lobby: true, revision: 7, nextStartsAt: 3 });
    expect(meetings[0]?.schedule?.recurrence).toMatchObject({ workdays: true, everyWeeks: 1 });
    expect(meetings[1]?.schedule).toBeNull();
    const { past, next } = await api.pastMeetings({ scope: "own", search: "", month: "" }, "");
    expect(asked[3]).toBe("/api/v1/occurrences?scope=own Bearer t1");
    expect([past[0]?.number, past[0]?.startedAt, past[0]?.endedAt, next]).toEqual([2, 5, 0, ""]);
  });

  it("are looked for until there is a page of them, or no more", async () => {
    const rows = (count: number) => Array.from({ length: count }, () => ({ meeting: MEETING, number: 1 }));
    const asked = answering(
      Response.json(SIGNED_IN),
      Response.json({ meetings: [], next_page_token: "", time_zone: "" }),
      Response.json({ occurrences: [], next_page_token: "n1" }),
      Response.json({ occurrences: rows(19), next_page_token: "n2" }),
      Response.json({ occurrences: rows(2), next_page_token: "n3" }),
      Response.json({ occurrences: rows(1), next_page_token: "" }),
    );
    const api = hostApi(accountSession());
    await api.listMeetings("own", "apel & pagi");
    expect(asked[1]).toBe("/api/v1/meetings?upcoming=1&scope=own&query=apel+%26+pagi Bearer t1");
    const request = { scope: "unit", search: "apel", month: "2026-03" } as const;
    const { past, next } = await api.pastMeetings(request, "");
    expect([past.length, next]).toEqual([21, "n3"]);
    expect(asked[2]).toBe("/api/v1/occurrences?scope=unit&query=apel&month=2026-03 Bearer t1");
    expect(asked[4]).toContain("page_token=n2");
    expect((await api.pastMeetings(request, next)).past).toHaveLength(1);
    expect(asked).toHaveLength(6);
  });

  it("are not looked for any more when nobody waits", async () => {
    answering(Response.json(SIGNED_IN), Response.json({ occurrences: [], next_page_token: "n" }));
    const api = hostApi(accountSession());
    const waiting = new AbortController();
    const first = api.pastMeetings({ scope: "own", search: "apel", month: "" }, "", waiting.signal);
    waiting.abort();
    await expect(first).rejects.toThrow("abort");
  });

  it("say on which days they were called off", async () => {
    const recurrence = { ...MEETING.schedule.recurrence, called_off_dates: ["2026-11-24"] };
    const off = { ...MEETING, schedule: { ...MEETING.schedule, recurrence } };
    answering(
      Response.json(SIGNED_IN),
      Response.json({ meetings: [off], next_page_token: "", time_zone: "" }),
      Response.json({ meeting: off }),
    );
    const sent = vi.spyOn(globalThis, "fetch");
    const api = hostApi(accountSession());
    const [meeting] = (await api.listMeetings("own")).meetings;
    if (!meeting) throw new Error("no meeting");
    expect(meeting.schedule?.recurrence?.calledOff).toEqual(["2026-11-24"]);
    await api.updateMeeting(meeting, { title: "Apel", capacity: 50, lobby: true, schedule: meeting.schedule });
    const body = JSON.parse(String(sent.mock.calls.at(-1)?.[1]?.body));
    expect(body.schedule.recurrence.called_off_dates).toEqual(["2026-11-24"]);
  });

  it("say whether somebody has been in what is on", async () => {
    const meetings = [
      MEETING,
      { ...MEETING, started_at_ms: 5, occurrence_ended_at_ms: 0 },
      { ...MEETING, started_at_ms: 5, occurrence_ended_at_ms: 9 },
    ];
    answering(Response.json(SIGNED_IN), Response.json({ meetings, next_page_token: "", time_zone: "" }));
    const read = (await hostApi(accountSession()).listMeetings("own")).meetings;
    expect(read.map(({ begun }) => begun)).toEqual([false, true, false]);
  });

  it("tell the days that only the server knows", async () => {
    const asked = answering(
      Response.json(SIGNED_IN),
      Response.json({ meeting: MEETING, weekdays: [1, 2], free_dates: ["2026-12-25"] }),
    );
    const days = await hostApi(accountSession()).plannedDays("8123456789");
    expect(asked[1]).toBe("/api/v1/meetings/8123456789/days Bearer t1");
    expect([days.meeting.revision, days.weekdays, days.freeDates]).toEqual([7, [1, 2], ["2026-12-25"]]);
  });

  it("are changed with the revision that was seen; settings of others stay", async () => {
    answering(
      Response.json(SIGNED_IN),
      Response.json({ meetings: [MEETING], next_page_token: "", time_zone: "" }),
      Response.json({ meeting: MEETING }),
    );
    const sent = vi.spyOn(globalThis, "fetch");
    const api = hostApi(accountSession());
    const [meeting] = (await api.listMeetings("own")).meetings;
    if (!meeting) throw new Error("no meeting");
    await api.updateMeeting(meeting, { title: "Apel", capacity: 50, lobby: false, schedule: meeting.schedule });
    const body = JSON.parse(String(sent.mock.calls.at(-1)?.[1]?.body));
    expect(body).toMatchObject({ revision: 7, title: "Apel", capacity: 50, settings: { lobby: false, locked: true } });
    expect(body.schedule).toMatchObject({ date: "2026-11-23", recurrence: { workdays: true } });
    expect(body.schedule.recurrence).not.toHaveProperty("called_off_dates");
  });
});
