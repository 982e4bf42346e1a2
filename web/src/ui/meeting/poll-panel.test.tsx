import { afterEach, describe, expect, it, vi } from "vitest";
import { id } from "../../../dev/catalogue";
import { enterRoom } from "../../../dev/fake-room";
import { FakeSession, failure, participant } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import type { Role } from "../../client/contract";
import { room } from "../room";
import { en } from "../room/i18n/en";
import { MeetingPage } from "./meeting-page";
import { problemsOf } from "./poll-draft";

const w = id.polls;
let session: FakeSession;
let page: ShownPage;

afterEach(() => {
  page.close();
  room.value = null;
});

async function show(role: Role = "participant", before: (session: FakeSession) => void = () => undefined) {
  session = new FakeSession();
  session.gather(participant("self", "Siti Aminah", { role }), [participant("andi", "Andi")]);
  before(session);
  page = await showPage(<MeetingPage room={enterRoom(session)} />);
}

async function openPanel(): Promise<void> {
  await page.press(id.controls.polls);
  await loaded();
}

/** The panel's content is a part of its own, which is fetched. */
async function loaded(): Promise<void> {
  await import("./poll-list");
  for (let turn = 0; turn < 5 && !page.root.querySelector(".polls"); turn++) await page.settle();
}

const words = () => page.root.textContent ?? "";
const ask = () => page.settle(() => session.polls.add("Setuju?", { Ya: 3, Tidak: 1 }, { open: true }));
const radio = (index: number) => page.root.querySelectorAll<HTMLInputElement>(".poll input[type=radio]")[index];

describe("a participant", () => {
  it("hears of a poll quietly, answers it, and changes the answer", async () => {
    await show();
    await ask();
    expect(words()).toContain(w.wasOpened);
    expect(page.button(id.controls.polls).textContent).toContain("1");
    await page.press(w.answer);
    await loaded();
    await page.submit();
    expect(session.polls.all.value[0]?.ownVote).toBeNull();
    await page.settle(() => radio(1)?.click());
    expect(session.polls.all.value[0]?.ownVote).toBeNull();
    await page.press(w.send);
    expect(session.polls.all.value[0]?.ownVote).toBe(1);
    expect(words()).toContain(w.counted("Tidak"));
    expect(words()).toContain(w.voters(5, 5));
    await page.settle(() => radio(0)?.click());
    await page.press(w.change);
    expect(session.polls.all.value[0]?.ownVote).toBe(0);
    expect(page.has(w.close)).toBe(false);
  });

  it("reads why a vote was not counted", async () => {
    await show("participant", (one) => one.polls.add("Setuju?", { Ya: 3, Tidak: 1 }, { open: true }));
    await openPanel();
    session.polls.refusal = failure("OFFLINE");
    await page.settle(() => radio(1)?.click());
    await page.press(w.send);
    expect(words()).toContain(id.errors.OFFLINE);
    expect(session.polls.all.value[0]?.ownVote).toBeNull();
  });

  it("learns that a vote came after the closing, where the result stands", async () => {
    await show("participant", (one) => one.polls.add("Setuju?", { Ya: 3, Tidak: 1 }, { open: true }));
    await openPanel();
    await page.settle(() => radio(1)?.click());
    vi.spyOn(session.polls, "vote").mockImplementation(async (poll) => {
      await session.polls.close(poll);
      throw failure("WRONG_STATE");
    });
    await page.press(w.send);
    expect(page.root.querySelector("[role=alert]")?.textContent).toContain(w.missed);
    await page.press(id.app.close);
    await openPanel();
    expect(words()).toContain(w.missed);
  });

  it("hears of a new poll and of its end with the panel open, too", async () => {
    await show("participant", (one) => one.polls.add("Kapan?", { Senin: 3, Selasa: 1 }));
    await openPanel();
    const said = () => page.root.querySelector(".panel > [role=status]")?.textContent;
    expect(said()).toBe("");
    await ask();
    expect(said()).toBe(`${w.wasOpened} Setuju?`);
    await page.settle(() => session.polls.close("poll2"));
    expect(said()).toBe(`${w.wasClosed} Setuju?`);
  });

  it("sees results as numbers and shares, and hears of the closing", async () => {
    await show("participant", (one) => {
      one.polls.add("Kapan?", { Senin: 3, Selasa: 1 });
      one.polls.add("Siapa?", { Andi: 0, Budi: 0 });
    });
    expect(words()).not.toContain(w.wasClosed);
    await page.settle(() => session.polls.add("Setuju?", { Ya: 3, Tidak: 1 }, { open: true }));
    await page.settle(() => session.polls.close("poll3"));
    expect(words()).toContain(w.wasClosed);
    await openPanel();
    expect(words()).toContain(w.share(3, "75"));
    expect(words()).toContain(w.share(1, "25"));
    expect(words()).toContain(w.nobodyVoted);
    expect(words()).not.toContain(w.create);
  });
});

describe("a host", () => {
  it("asks only what is whole, sees how many have voted, and closes", async () => {
    await show("host");
    await openPanel();
    expect(words()).toContain(w.emptyForHosts);
    await page.press(w.create);
    await page.press(w.open);
    expect(words()).toContain(w.questionMissing);
    expect(words()).toContain(w.optionMissing(2));
    await page.type(w.question, "Setuju?");
    await page.type(w.option(1), "Ya");
    await page.type(w.option(2), "ya ");
    expect(words()).toContain(w.twice);
    await page.type(w.option(2), "Tidak");
    await page.press(w.addOption);
    session.polls.refusal = failure("CONFLICT");
    await page.press(w.open);
    expect(words()).toContain(id.errors.CONFLICT);
    await page.press(w.open);
    expect(session.polls.all.value[0]).toMatchObject({ question: "Setuju?", open: true });
    expect(session.polls.all.value[0]?.options.map(({ text }) => text)).toEqual(["Ya", "Tidak"]);
    await page.press(w.close);
    expect(session.polls.all.value[0]?.open).toBe(false);
    expect(words()).toContain(w.results);
  });

  it("keeps the focus where the poll is", async () => {
    await show("host");
    await openPanel();
    const focused = () => document.activeElement;
    const press = (name: string) => {
      page.button(name).focus();
      return page.press(name);
    };
    await press(w.create);
    expect(focused()).toBe(page.field(w.question));
    await press(id.app.cancel);
    expect(focused()).toBe(page.button(w.create));
    await press(w.create);
    await page.type(w.question, "Setuju?");
    await page.type(w.option(1), "Ya");
    await page.type(w.option(2), "Tidak");
    await press(w.open);
    expect(focused()?.tagName).toBe("LEGEND");
    await press(w.close);
    expect(focused()?.tagName).toBe("H4");
    expect(focused()?.textContent).toBe("Setuju?");
  });

  it("who is none any more has no form", async () => {
    await show("co-host");
    await openPanel();
    await page.press(w.create);
    await page.settle(() => {
      session.own.value = participant("self", "Siti Aminah");
    });
    expect(page.has(w.open)).toBe(false);
    expect(words()).toContain(w.empty);
  });

  it("keeps what was begun when the panel is closed", async () => {
    await show("co-host");
    await openPanel();
    await page.press(w.create);
    await page.type(w.question, "Apakah \n\n kita");
    expect(page.field(w.question).value).toBe("Apakah kita");
    await page.type(w.question, "Apakah");
    await page.press(id.app.close);
    await openPanel();
    await page.press(w.create);
    expect(page.field(w.question).value).toBe("Apakah");
  });

  it("cannot ask more than twenty", async () => {
    await show("host", (one) => {
      for (let number = 0; number < 20; number++) one.polls.add(`Ke-${number}?`, { Ya: 0, Tidak: 0 });
    });
    await openPanel();
    expect(words()).toContain(w.noMore(20));
    expect(page.has(w.create)).toBe(false);
  });
});

describe("what is wrong with a draft", () => {
  it.each([
    [{ question: "Setuju?", options: ["Ya", "Tidak", ""] }, null],
    [
      { question: " ", options: ["Ya", "Tidak"] },
      { question: "missing", options: [null, null] },
    ],
    [
      { question: "Setuju?", options: ["Ya", "", ""] },
      { question: null, options: [null, "missing", null] },
    ],
    [
      { question: "Setuju?", options: ["Ya", "x".repeat(101)] },
      { question: null, options: [null, "too-long"] },
    ],
    [
      { question: "x".repeat(201), options: ["Ya", "YA"] },
      { question: "too-long", options: [null, "twice"] },
    ],
  ])("%j", (draft, problems) => {
    expect(problemsOf(draft)).toEqual(problems);
  });
});

it("one vote and one person are one in English", () => {
  expect(en.polls.share(1, "100")).toBe("1 vote, 100 percent");
  expect(en.polls.voted(1)).toBe("1 person voted.");
  expect(en.polls.voters(1, 1)).toBe("1 of 1 person has voted.");
});
