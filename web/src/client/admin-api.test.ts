import { describe, expect, it } from "vitest";
import type { AuthorisedCalls, Json } from "./account-session";
import { adminApi } from "./admin-api";

/** Answers every call with this; gives what was called. */
function calls(answer: Json) {
  const made: [string, string, Json | Blob | undefined][] = [];
  const account: AuthorisedCalls = {
    call: async (method, path, body) => {
      made.push([method, path, body]);
      return answer;
    },
    file: () => Promise.reject(new Error("no files here")),
    authorised: () => Promise.reject(new Error("nothing is fetched")),
  };
  return { api: adminApi(account), made };
}

const ACCOUNT = { account_id: "a", user: "budi", name: "Budi", nip: "", role: "HEAD_OF_UNIT", revision: "3" };
const FIELDS = { name: "Budi S", nip: "", role: "host", unitId: "u1" } as const;

describe("the admin's API", () => {
  it("reads a tenant whose parts were never set", async () => {
    const { api } = calls({
      tenant: { slug: "luwu", name: "Luwu", time_zone: "Asia/Makassar", language: "id", revision: "12" },
    });
    const tenant = await api.tenant();
    expect(tenant).toMatchObject({ revision: 12, timeZone: "Asia/Makassar" });
    expect(tenant.officeHours).toEqual({ days: [], toleranceMinutes: 0, holidays: [], changes: [] });
    expect(tenant.letterhead.titles).toEqual([]);
    expect(tenant.retention).toEqual({ days: 0, auditDays: 0, purpose: "" });
  });

  it("sends only what is changed", async () => {
    const { api, made } = calls({ account: ACCOUNT });
    const { account } = { account: await api.updateAccount({ ...(await api.enableAccount({} as never)) }, FIELDS) };
    expect(account).toMatchObject({ role: "head-of-unit", revision: 3 });
    expect(made[1]).toEqual([
      "PATCH",
      "/api/v1/accounts/a",
      { revision: 3, name: "Budi S", role: "HOST", unit_id: "u1" },
    ]);
  });

  it("sends office hours with their changes as it reads them", async () => {
    const week = { days: [{ weekday: 1, from_minute: 480, to_minute: 900 }], tolerance_minutes: 10 };
    const hours = { ...week, holidays: [], changes: [{ from_date: "2027-02-08", ...week, tolerance_minutes: 0 }] };
    const head = { slug: "luwu", name: "Luwu", time_zone: "Asia/Makassar", language: "id", revision: "12" };
    const { api, made } = calls({ tenant: { ...head, office_hours: hours } });
    const { officeHours } = await api.tenant();
    expect(officeHours.changes).toEqual([
      { from: "2027-02-08", days: [{ weekday: 1, from: 480, to: 900 }], toleranceMinutes: 0 },
    ]);
    await api.updateTenant(12, { officeHours });
    expect(made[1]).toEqual(["PATCH", "/api/v1/tenant", { revision: 12, office_hours: hours }]);
  });

  it("sends for how long attendance and the audit log are kept", async () => {
    const { api, made } = calls({ tenant: { slug: "l", name: "L", time_zone: "UTC", language: "id", revision: "1" } });
    await api.updateTenant(1, { retention: { days: 90, auditDays: 400, purpose: "x" } });
    expect(made[0]?.[2]).toEqual({
      revision: 1,
      retention: { attendance_days: 90, audit_days: 400, purpose: "x" },
    });
  });

  it("names the unit and its revision when it is deleted, as JSON", async () => {
    const { api, made } = calls({});
    await api.deleteUnit({ id: "u1", parentId: "", name: "Dinas", revision: 4 });
    expect(made).toEqual([["DELETE", "/api/v1/units/u1?revision=4", {}]]);
  });

  it("takes no answer that lacks something", async () => {
    const { api } = calls({ units: [{ name: "Dinas" }] });
    await expect(api.units()).rejects.toMatchObject({ failure: { code: "MALFORMED" } });
    await expect(api.accounts("a b", "")).rejects.toMatchObject({ failure: { code: "MALFORMED" } });
  });
});
