import { describe, expect, it } from "vitest";
import type { AuthorisedCalls, Json } from "./account-session";
import { ownDataApi } from "./own-data-api";

function calls(answer: Json) {
  const asked: string[] = [];
  const account: AuthorisedCalls = {
    call: async (method, path) => {
      asked.push(`${method} ${path}`);
      return answer;
    },
    file: () => Promise.reject(new Error("no files here")),
    authorised: () => Promise.reject(new Error("nothing is fetched")),
  };
  return { api: ownDataApi(account), asked };
}

const DATE = {
  date: "2026-11-24",
  start_ms: 1,
  end_ms: 2,
  from_ms: 0,
  to_ms: 0,
  tolerance_minutes: 10,
  holiday: "Hari Guru",
};
const DAY = {
  status: "DONE",
  note: "",
  first_ms: 5,
  present_s: 60,
  not_closed: true,
  meetings: [{ meeting_id: "8123456789", title: "Apel", first_ms: 5, last_ms: 9, present_s: 4 }],
  declarations: [{ state: "PRESENT", at_ms: 5, note: "laporan" }],
};

describe("what is recorded on oneself", () => {
  it("are the days at the office, page by page", async () => {
    const { api, asked } = calls({ days: [{ date: DATE, day: DAY }], next_page_token: "2026-11-10" });
    const page = await api.officeDays("2026-11-25");
    expect(asked).toEqual(["GET /api/v1/me/office?page_token=2026-11-25"]);
    expect(page.next).toBe("2026-11-10");
    expect(page.items[0]?.date).toMatchObject({ date: "2026-11-24", holiday: "Hari Guru" });
    expect(page.items[0]?.day).toMatchObject({ status: "done", first: 5, present: 60, notClosed: true });
    expect(page.items[0]?.day.declarations).toEqual([{ state: "present", at: 5, note: "laporan" }]);
    expect(page.items[0]?.day.meetings[0]).toMatchObject({ title: "Apel", last: 9 });
  });

  it("are the records of the audit log, of kinds and actors that are newer than this too", async () => {
    const act = {
      at_ms: "1795482000000",
      action: "meeting.mute",
      by_self: false,
      on_self: true,
      actor: "PERSON",
      actor_name: "Ibu Sari",
      meeting_id: "8123456789",
      title: "Apel",
      object_name: "",
      detail: "",
    };
    const { api, asked } = calls({ entries: [act, { ...act, actor: "ROBOT", action: "x.y" }], next_page_token: "17" });
    const page = await api.acts("23");
    expect(asked).toEqual(["GET /api/v1/me/audit?page_token=23"]);
    expect(page.next).toBe("17");
    expect(page.items[0]).toEqual({
      at: 1_795_482_000_000,
      action: "meeting.mute",
      bySelf: false,
      onSelf: true,
      actor: "person",
      actorName: "Ibu Sari",
      meetingId: "8123456789",
      title: "Apel",
      objectName: "",
      detail: "",
    });
    expect(page.items[1]).toMatchObject({ actor: "", action: "x.y" });
  });

  it("is refused where a list is none", async () => {
    const { api } = calls({ next_page_token: "" });
    await expect(api.officeDays("")).rejects.toMatchObject({ failure: { code: "MALFORMED" } });
  });
});
