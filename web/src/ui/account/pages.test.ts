import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ACCOUNT_PAGES, type AccountPage, accountPageAt, homeOf, maySee } from "./pages";

const page = (key: AccountPage["key"], least: AccountPage["least"]): AccountPage => ({
  key,
  path: `/${key}`,
  least,
  load: () => Promise.reject(new Error("not wanted")),
});
const host = page("host", "host");
const office = page("office", "participant");

describe("the pages of accounts", () => {
  it("are named by the address, with what follows", () => {
    expect(accountPageAt("/host")?.of?.key).toBe("host");
    expect(accountPageAt("/host/a/b/")).toMatchObject({ rest: "a/b" });
    expect(accountPageAt("/masuk/")).toEqual({ of: null, rest: "" });
    for (const other of ["/", "/hosts", "/r/8123456789", "/tidak-ada"]) expect(accountPageAt(other)).toBeNull();
  });

  it("may be seen from a role upwards", () => {
    expect(maySee("participant", host)).toBe(false);
    expect(maySee("head-of-unit", host)).toBe(true);
    expect(maySee("participant", office)).toBe(true);
  });

  it("begin with the office for participants, with the meetings for all others", () => {
    expect(homeOf("participant", [host, office])).toBe(office);
    expect(homeOf("participant", [host])).toBeNull();
    expect(homeOf("tenant-admin", [host, office])).toBe(host);
  });

  it("have paths of their own, which the server answers with the client", () => {
    const paths = ACCOUNT_PAGES.map((one) => one.path);
    expect(new Set(paths).size).toBe(paths.length);
    const server = readFileSync("../services/signaling/core/page.py", "utf8");
    const routes = /_ROUTES: Final = re\.compile\(\s*r"(.*)"/.exec(server)?.[1] ?? "";
    for (const path of [...paths, "/masuk"]) expect(path, routes).toMatch(new RegExp(`^(?:${routes})$`));
  });
});
