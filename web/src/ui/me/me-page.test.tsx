import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ACCOUNT, FakeAccount } from "../../../dev/fake-account";
import { deed, FakeOwnData, look } from "../../../dev/fake-own-data";
import { failure } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import { id as app } from "../i18n/id";
import { id as office } from "../office/i18n/id";
import { id } from "./i18n/id";
import { MePage } from "./me-page";

let own: FakeOwnData;
let page: ShownPage;

beforeEach(() => {
  own = new FakeOwnData();
});

afterEach(() => page.close());

async function show(): Promise<void> {
  page = await showPage(<MePage session={new FakeAccount()} account={ACCOUNT} rest="" />, {
    loadOwnDataApi: async () => own,
  });
}

const text = () => page.root.textContent ?? "";

it("shows who one is, what for and until when, the meetings, and who looked", async () => {
  own.looks = [look("<b>Budi</b>", { title: "Apel pagi" }), ...own.looks];
  await show();
  for (const part of [
    ACCOUNT.name,
    ACCOUNT.user,
    own.own.nip,
    own.own.unitPath,
    own.own.purpose,
    id.purpose.kept(730),
    "Rapat Koordinasi Camat",
    id.meetings.gone("620 491 8375"),
    id.meetings.times(2),
    "Kamis, 19 Maret 2020",
    "07.52",
    `${office.say.present}: Surat masuk`,
    office.inMeeting("Rapat Koordinasi Camat"),
    office.notClosed,
    office.breaksCount(1, "1 jam 0 menit"),
    "<b>Budi</b>",
    `${id.accesses.kinds.meeting}: Apel pagi`,
    "Senin, 16 Maret 2020 sampai Jumat, 20 Maret 2020",
    id.accesses.asFile,
  ]) {
    expect(text()).toContain(part);
  }
  // 18 March 2020 and two years.
  expect(text()).toContain("18 Maret 2022");
});

it("shows what the audit log has, with who did it, from where and until when", async () => {
  own.deeds = [
    deed("meeting.remove", { onSelf: true, actorName: "<b>Budi</b>", meetingId: "8123456789" }),
    ...own.deeds,
  ];
  await show();
  for (const part of [
    id.acts.title,
    "Anda masuk ke akun",
    "Alamat jaringan (IP): 10.20.30.40",
    "Anda dibisukan oleh Ni Luh Ayu Kartika dalam rapat “Rapat Koordinasi Camat”",
    "Anda dikeluarkan oleh <b>Budi</b> dari rapat 812 345 6789 (sudah dihapus)",
    "Seseorang mencoba masuk ke akun Anda dan ditolak",
    "Akun Anda dibuat oleh sistem",
    // 19 March 2020 and a year.
    id.acts.keptUntil("19 Maret 2021"),
  ]) {
    expect(text()).toContain(part);
  }
});

it("says when the audit log cannot be had, and tries again", async () => {
  own.refusals.acts = failure("UNAVAILABLE");
  await show();
  expect(text()).toContain(app.errors.UNAVAILABLE);
  await page.press(app.app.tryAgain);
  expect(text()).toContain("Anda masuk ke akun");
});

it("says who sees what, what is written down, and what it does not show", async () => {
  await show();
  for (const part of [
    id.intro,
    id.purpose.written,
    id.purpose.not,
    id.purpose.seenMeeting,
    id.purpose.seenOffice,
    id.purpose.audit(365),
  ])
    expect(text()).toContain(part);
  expect(id.purpose.not).not.toContain("apa yang Anda ketik");
  expect(id.purpose.audit(365)).toContain("365 hari");
});

it("shows how one left, and how often one came back", async () => {
  const [first] = own.all;
  own.all = first
    ? (["left", "lost", "removed", "meeting-ended"] as const).map((reason, at) => ({
        ...first,
        line: {
          ...first.line,
          firstJoin: first.line.firstJoin - at,
          lastLeave: first.line.firstJoin,
          rejoins: 3,
          reason,
        },
      }))
    : [];
  await show();
  for (const reason of Object.values(id.meetings.reasons)) expect(text()).toContain(id.meetings.left + reason);
  expect(text()).toContain(id.meetings.rejoins + id.meetings.times(3));
});

it("says when there is nothing, and when the purpose is not said", async () => {
  own.all = [];
  own.days = [];
  own.looks = [];
  own.deeds = [];
  own.own = { ...own.own, purpose: "" };
  await show();
  for (const part of [id.meetings.empty, id.office.empty, id.accesses.empty, id.acts.empty, id.purpose.unsaid])
    expect(text()).toContain(part);
});

it("fails part by part, and tries again", async () => {
  own.refusals.meetings = failure("UNAVAILABLE");
  await show();
  expect(text()).toContain(app.errors.UNAVAILABLE);
  expect(text()).toContain("Ni Luh Ayu Kartika");
  await page.press(app.app.tryAgain);
  expect(text()).toContain("Rapat Koordinasi Camat");
});

it("shows older ones on demand", async () => {
  own.pageSize = 2;
  own.days = [];
  own.looks = [];
  own.deeds = [];
  await show();
  expect(page.root.querySelectorAll(".records > li")).toHaveLength(2);
  await page.press(id.more);
  expect(page.root.querySelectorAll(".records > li")).toHaveLength(3);
  expect(page.has(id.more)).toBe(false);
});

it("loads everything before it is printed", async () => {
  own.pageSize = 1;
  const shown: number[] = [];
  vi.stubGlobal("print", () => shown.push(page.root.querySelectorAll(".records > li").length));
  await show();
  expect(page.root.querySelectorAll(".records > li")).toHaveLength(4);
  await page.press(id.print);
  await page.settle();
  expect(shown).toEqual([12]);
  own.pageSize = 50;
});
