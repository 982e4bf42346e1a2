import { describe, expect, it } from "vitest";
import { NOW, participant } from "../../../dev/fake-session";
import { listed, plain } from "./listed";

const people = new Map(
  [
    participant("z", "Zulkifli"),
    participant("b", "Budi"),
    participant("w", "I Wáyan Sudiana"),
    participant("h", "Andi", { role: "host" }),
    participant("c", "Citra", { role: "co-host" }),
    participant("me", "Siti", { self: true }),
    participant("late", "Fitri", { handRaisedAt: NOW + 9 }),
    participant("early", "Yusuf", { handRaisedAt: NOW + 3 }),
  ].map((one) => [one.id, one]),
);
const ids = (text = "", before = listed(people, "", "id-ID")) =>
  listed(people, text, "id-ID", before).map(({ id }) => id);

describe("the list of participants", () => {
  it("has hands in their order, oneself, hosts, and the rest by name", () => {
    expect(ids("", [])).toEqual(["early", "late", "me", "h", "c", "b", "w", "z"]);
    expect(ids()).toEqual(ids("", []));
  });

  it("finds a name without regard to case and marks, whichever has them", () => {
    expect(ids("WAYAN")).toEqual(["w"]);
    expect(ids("  zülk ")).toEqual(["z"]);
    expect(ids("nobody")).toEqual([]);
    expect(plain("ÁÉ ñ")).toBe("ae n");
    expect(plain("Drs. H.  Ma’ruf, S.T.")).toBe(plain("drs h ma'ruf st"));
  });

  it("follows what changed since the last time", () => {
    const before = listed(people, "", "id-ID");
    const after = new Map(people);
    after.delete("b");
    after.set("z", participant("z", "Aminah"));
    expect(listed(after, "", "id-ID", before).map(({ id }) => id)).toEqual(["early", "late", "me", "h", "c", "z", "w"]);
  });
});
