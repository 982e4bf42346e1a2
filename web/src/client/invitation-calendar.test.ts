import { afterEach, expect, it, vi } from "vitest";
import { invitationCalendar } from "./invitation-calendar";

afterEach(() => vi.unstubAllGlobals());

it("asks for the file with what was typed, and as the account where there is one", async () => {
  const sent: RequestInit[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    expect(path).toBe("/api/v1/join/calendar.ics");
    sent.push(init);
    return new Response("BEGIN:VCALENDAR");
  });
  const form = { name: "Budi", meetingId: "8123456789", password: "padi" };
  expect(await (await invitationCalendar(form, "en")).text()).toBe("BEGIN:VCALENDAR");
  await invitationCalendar({ ...form, accessToken: "t1" }, "id");
  const bodies = sent.map((one) => JSON.parse(String(one.body)));
  expect(bodies[0]).toMatchObject({ meeting_id: "8123456789", password: "padi", name: "Budi", language: "en" });
  expect(bodies[0].device).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(sent.map((one) => new Headers(one.headers).get("authorization"))).toEqual([null, "Bearer t1"]);
});
