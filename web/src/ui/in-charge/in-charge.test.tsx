import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { id as texts } from "../../../dev/catalogue";
import { enterRoom } from "../../../dev/fake-room";
import { FakeSession, failure, NOW, participant } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import type { ParticipantView, Role } from "../../client/contract";
import { MeetingPage } from "../meeting/meeting-page";
import { pinned } from "../meeting/pin";
import { leaveAsked, room } from "../room";
import { en } from "./i18n/en";
import { id } from "./i18n/id";
import "./parts";

const BUDI = participant("budi", "Budi Santoso", { joinedAt: NOW + 2, handRaisedAt: NOW + 5, screen: true });
const NOVI = participant("novi", "Noviánti", { joinedAt: NOW + 1, role: "co-host", microphone: false, camera: false });

let session: FakeSession;
let page: ShownPage;

beforeEach(() => {
  leaveAsked.value = false;
  pinned.value = "";
});

afterEach(() => {
  page.close();
  room.value = null;
  vi.useRealTimers();
});

async function show(role: Role = "host", others: readonly ParticipantView[] = [BUDI, NOVI]): Promise<void> {
  session = new FakeSession();
  session.gather(participant("self", "Siti Aminah", { role }), others);
  page = await showPage(<MeetingPage room={enterRoom(session)} />);
}

const words = () => page.root.textContent ?? "";
const people = () => page.press("Peserta");
const wait = (count: number) =>
  page.settle(() => {
    session.waiting.value = Array.from({ length: count }, (_, index) => ({
      id: `w${index}`,
      name: `Tamu ${index}`,
      since: NOW,
    }));
  });
/** After rows moved up, a second press of a double click hits nothing for a moment. */
const rest = () => page.settle(() => vi.advanceTimersByTime(700));
const still = () => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
/** The test's document tells of what was removed with a timer of its own, which the fake ones do not move. */
const realTimeout = setTimeout;
const observed = () => page.settle(() => new Promise((resolve) => realTimeout(resolve, 5)));
async function lobbyOf(count: number): Promise<void> {
  await wait(count);
  await people();
  await page.settle();
}
async function menu(name: string): Promise<void> {
  await people();
  await page.press(texts.participants.menu(name));
  await page.settle();
}

describe("the lobby, for a host", () => {
  it("is said quietly over the stage, where one is admitted in one press", async () => {
    await show();
    await wait(1);
    expect(words()).toContain(texts.moderation.waiting("Tamu 0"));
    await page.press(texts.moderation.admit);
    expect(session.acts).toEqual([{ kind: "admit", ids: ["w0"] }]);
    expect(words()).not.toContain(texts.moderation.waiting("Tamu 0"));
  });

  it("is no matter of participants", async () => {
    await show("participant");
    await wait(1);
    expect(words()).not.toContain("Tamu 0");
    await people();
    expect(words()).not.toContain("Tamu 0");
    expect(page.has(texts.participants.control)).toBe(false);
  });

  it("lets in one, some or all, and denies", async () => {
    await show("co-host");
    await wait(5);
    await page.press(texts.moderation.see);
    await page.settle();
    still();
    await page.press(id.admitName("Tamu 1"));
    await rest();
    await page.press(id.denyName("Tamu 0"));
    await rest();
    await page.settle(() => page.field(id.choose("Tamu 2")).click());
    await page.settle(() => page.field(id.choose("Tamu 4")).click());
    await page.press(id.admitSome(2));
    await rest();
    await wait(3);
    await rest();
    await page.press(id.admitAll);
    expect(session.acts).toEqual([
      { kind: "admit", ids: ["w1"] },
      { kind: "deny", ids: ["w0"] },
      { kind: "admit", ids: ["w2", "w4"] },
      { kind: "admit", ids: [] },
    ]);
    expect(page.root.querySelector(".waiting-room")).toBeNull();
  });

  it("does not take the second press of a double click for the next person", async () => {
    await show();
    await lobbyOf(3);
    still();
    await page.press(id.denyName("Tamu 0"));
    expect(page.button(id.denyName("Tamu 1")).getAttribute("aria-disabled")).toBe("true");
    await page.press(id.denyName("Tamu 1"));
    expect(session.acts).toEqual([{ kind: "deny", ids: ["w0"] }]);
    await rest();
    await page.press(id.denyName("Tamu 1"));
    expect(session.acts.at(-1)).toEqual({ kind: "deny", ids: ["w1"] });
  });

  it("does not admit the next person by the banner's second press either", async () => {
    await show();
    await wait(1);
    still();
    await page.settle(() => {
      session.waiting.value = [{ id: "next", name: "Berikutnya", since: NOW }];
    });
    await page.press(texts.moderation.admit);
    expect(session.acts).toEqual([]);
    await rest();
    await page.press(texts.moderation.admit);
    expect(session.acts).toEqual([{ kind: "admit", ids: ["next"] }]);
  });

  it("keeps who else was chosen when one is let in", async () => {
    await show();
    await lobbyOf(4);
    await page.settle(() => page.field(id.choose("Tamu 2")).click());
    await page.settle(() => page.field(id.choose("Tamu 3")).click());
    await page.press(id.admitName("Tamu 2"));
    expect(page.field(id.choose("Tamu 3")).checked).toBe(true);
    await page.press(id.denyName("Tamu 0"));
    expect(page.has(id.admitSome(1))).toBe(true);
  });

  it("keeps the focus with whoever takes the place of the one who went, and in the panel after the last", async () => {
    await show();
    await lobbyOf(3);
    still();
    const deny = async (name: string) => {
      await page.settle(() => page.button(id.denyName(name)).focus());
      await page.press(id.denyName(name));
      await observed();
      await rest();
    };
    const row = () => document.activeElement?.closest("li")?.querySelector(".person-name")?.textContent;
    await deny("Tamu 1");
    expect(row()).toBe("Tamu 2");
    await deny("Tamu 2");
    expect(row()).toBe("Tamu 0");
    await deny("Tamu 0");
    expect(document.activeElement?.closest(".panel")).not.toBeNull();
  });

  it("says how many seats are left when there are too few, and what to do when there is none", async () => {
    await show();
    await page.settle(() => session.changeMeeting({ capacity: 5 }));
    await lobbyOf(4);
    session.refusals.moderate = failure("MEETING_FULL");
    await page.press(id.admitAll);
    const told = () => page.root.querySelector("[role=alert]")?.textContent;
    expect(told()).toBe(texts.moderation.fewSeats(4, 2));
    await page.settle(() => session.changeMeeting({ capacity: 3 }));
    expect(told()).toBe(texts.moderation.noSeats(3));
  });

  it("says in the banner when somebody could not be let in", async () => {
    await show();
    await wait(1);
    session.refusals.moderate = failure("OFFLINE");
    await page.press(texts.moderation.admit);
    expect(page.root.querySelector(".banner")?.textContent).toContain(texts.errors.OFFLINE);
    await page.press(texts.moderation.admit);
    expect(words()).not.toContain(texts.errors.OFFLINE);
  });

  it("says when it did not work, and whoever waits still waits", async () => {
    await show();
    await wait(2);
    await people();
    await page.settle();
    session.refusals.moderate = failure("UNAVAILABLE");
    await page.press(id.admitAll);
    expect(page.root.querySelector("[role=alert]")?.textContent).toContain(texts.errors.UNAVAILABLE);
    expect(page.has(id.admitName("Tamu 0"))).toBe(true);
  });
});

describe("what a host does to one person", () => {
  it("follows from what they send", async () => {
    await show();
    await menu(BUDI.name);
    for (const label of [id.mute, id.stopCamera, id.stopShare, id.lowerHand, id.spotlight, id.makeCoHost, id.remove])
      expect(page.has(label), label).toBe(true);
    await page.press(id.mute);
    expect(session.acts).toEqual([{ kind: "mute", ids: ["budi"] }]);
    expect(page.root.querySelector("dialog")).toBeNull();
    await page.press(texts.participants.menu(NOVI.name));
    await page.settle();
    for (const label of [id.mute, id.stopCamera, id.stopShare, id.lowerHand, id.makeCoHost])
      expect(page.has(label), label).toBe(false);
    await page.press(id.unmakeCoHost);
    expect(session.acts.at(-1)).toEqual({ kind: "set-role", id: "novi", role: "participant" });
  });

  it("asks once before somebody is removed", async () => {
    await show();
    await menu(BUDI.name);
    await page.press(id.remove);
    expect(session.acts).toEqual([]);
    expect(words()).toContain(id.removeSure(BUDI.name));
    await page.press(id.removeYes);
    expect(session.acts).toEqual([{ kind: "remove", id: "budi" }]);
  });

  it("is less for a co-host: no roles, and nothing against a host or another co-host", async () => {
    await show("co-host", [BUDI, NOVI, participant("andi", "Andi Baso", { role: "host" })]);
    await menu(BUDI.name);
    expect(page.has(id.remove)).toBe(true);
    expect(page.has(id.makeCoHost)).toBe(false);
    await page.settle(() => page.root.querySelector<HTMLElement>("dialog .plain")?.click());
    for (const name of ["Andi Baso", NOVI.name]) {
      await page.press(texts.participants.menu(name));
      await page.settle();
      expect(page.has(id.remove), name).toBe(false);
      expect(page.has(id.mute), name).toBe(false);
      await page.settle(() => page.root.querySelector<HTMLElement>("dialog .plain")?.click());
    }
  });
});

describe("the controls of a meeting", () => {
  it("show what holds and change it", async () => {
    await show();
    await people();
    await page.press(texts.participants.control);
    await page.settle();
    expect(page.field(id.mayUnmute).checked).toBe(true);
    await page.settle(() => page.field(id.mayUnmute).click());
    expect(session.acts).toEqual([{ kind: "settings", change: { unmuteForbidden: true } }]);
    expect(page.field(id.mayUnmute).checked).toBe(false);
    await page.settle(() => page.field(id.locked).click());
    await page.settle(() => page.field(id.mayChat).click());
    await page.settle(() => page.field(id.mayShare).click());
    await page.press(id.muteAll);
    await page.press(id.lowerAll(1));
    expect(session.acts.slice(1)).toEqual([
      { kind: "settings", change: { locked: true } },
      { kind: "settings", change: { chatMode: "hosts" } },
      { kind: "settings", change: { shareMode: "hosts" } },
      { kind: "mute", ids: [] },
      { kind: "lower-hand", id: "" },
    ]);
    expect(words()).toContain(id.noHands);
  });

  it("keep showing what holds when a change was refused", async () => {
    await show();
    await people();
    await page.press(texts.participants.control);
    await page.settle();
    session.refusals.moderate = failure("PERMISSION_DENIED");
    await page.settle(() => page.field(id.lobby).click());
    expect(page.field(id.lobby).checked).toBe(false);
    expect(page.root.querySelector("[role=alert]")?.textContent).toContain(texts.errors.PERMISSION_DENIED);
  });

  it("end the meeting for all after one question, for the host alone", async () => {
    await show();
    await people();
    await page.press(texts.participants.control);
    await page.settle();
    await page.press(id.end);
    expect(page.root.querySelector("dialog")?.textContent).toContain(texts.leave.hostTitle);
  });

  it("give the focus back to the control when they are closed", async () => {
    await show();
    page.button("Peserta").focus();
    await people();
    page.button(texts.participants.control).focus();
    await page.press(texts.participants.control);
    await page.key("Escape");
    expect(document.activeElement).toBe(page.button("Peserta"));
  });

  it("say that all were muted without a number that nobody knows", async () => {
    await show();
    const muted = (ids: readonly string[], names: readonly string[]) =>
      page.settle(() =>
        session.tell({ kind: "moderated", act: { kind: "mute", ids }, by: "Siti", own: true, self: false, names }),
      );
    await muted([], ["Budi", "Ani"]);
    expect(words()).toContain(texts.moderation.microphonesOff);
    await muted(["budi"], ["Budi"]);
    expect(words()).toContain(texts.moderation.microphoneOff("Budi"));
  });

  it("tell a co-host that participants may not unmute, not to raise a hand", async () => {
    await show("co-host");
    await page.settle(() => {
      const act = { kind: "settings", change: { unmuteForbidden: true } } as const;
      session.tell({ kind: "moderated", act, by: "Andi", own: false, self: false, names: [] });
    });
    expect(words()).toContain(texts.moderation.rules.unmuteForbiddenByHosts);
    expect(words()).not.toContain(texts.moderation.rules.unmuteForbidden);
  });

  it("go away with the role, and come with it", async () => {
    await show("co-host");
    await people();
    await page.press(texts.participants.control);
    await page.settle();
    expect(page.has(id.end)).toBe(false);
    await page.settle(() => {
      session.own.value = participant("self", "Siti Aminah");
      session.tell({ kind: "role-changed", participantId: "self", name: "Siti Aminah", role: "participant" });
    });
    expect(page.root.querySelector("aside")).toBeNull();
    expect(words()).toContain(texts.moderation.roleNowYou.participant);
  });
});

describe("whom an act concerns", () => {
  it("is told who turned the microphone off, and that they may turn it on", async () => {
    await show("participant");
    await page.settle(() => {
      session.microphoneOn.value = false;
      const act = { kind: "mute", ids: ["self"] } as const;
      session.tell({ kind: "moderated", act, by: "Andi", own: false, self: true, names: [] });
    });
    expect(words()).toContain(texts.moderation.muted("Andi"));
    expect(words()).toContain(texts.moderation.mayUnmute);
  });

  it("is told nothing when the microphone was off already", async () => {
    await show("participant");
    await page.settle(() => session.setMicrophone(false));
    await page.settle(() =>
      session.tell({
        kind: "moderated",
        act: { kind: "mute", ids: [] },
        by: "Andi",
        own: false,
        self: true,
        names: ["Budi"],
      }),
    );
    expect(words()).not.toContain(texts.moderation.muted("Andi"));
  });

  it("sees the locked button, why, and may ask by the hand", async () => {
    await show("participant");
    await page.settle(() => session.changeRules({ unmuteForbidden: true }));
    expect(page.button("Mikrofon").getAttribute("aria-disabled")).toBe("true");
    expect(page.button("Mikrofon").getAttribute("aria-description")).toBe(texts.controls.microphoneLocked);
    await page.press("Mikrofon");
    expect(session.microphoneOn.value).toBe(false);
    expect(words()).toContain(texts.moderation.askToSpeak);
    const ask = page.root.querySelector<HTMLElement>(".banner .stage-button");
    await page.settle(() => ask?.click());
    expect(session.self.value?.handRaisedAt).toBeGreaterThan(0);
  });

  it("hears what is true now: what was pressed while it was not allowed is no news any more", async () => {
    await show("participant");
    const acted = (act: { kind: "mute"; ids: string[] } | { kind: "stop-share"; id: string }) =>
      session.tell({ kind: "moderated", act, by: "Andi", own: false, self: true, names: [] });
    await page.settle(() => acted({ kind: "mute", ids: ["self"] }));
    await page.settle(() => session.changeRules({ unmuteForbidden: true }));
    await page.press("Mikrofon");
    expect(words()).toContain(texts.controls.microphoneLocked);
    await page.settle(() => session.changeRules({ unmuteForbidden: false }));
    expect(words()).not.toContain(texts.controls.microphoneLocked);
    expect(words()).toContain(texts.moderation.mayUnmute);
    await page.settle(() => session.changeRules({ unmuteForbidden: true }));
    await page.settle(() => acted({ kind: "stop-share", id: "self" }));
    expect(words()).toContain(texts.moderation.shareStopped("Andi"));
    expect(words()).toContain(texts.moderation.mayShareAgain);
    expect(words()).not.toContain(texts.moderation.askToSpeak);
  });

  it("writes to hosts only where the host wants that, and may choose to anyway", async () => {
    await show("participant");
    const say = vi.spyOn(session, "say");
    await page.press("Obrolan");
    await page.settle(() => {
      const select = page.root.querySelector<HTMLSelectElement>(".chat-to select");
      if (!select) throw new Error("no choice of readers");
      select.value = "hosts";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await page.type(texts.chat.message, "Izin");
    await page.press(texts.chat.send);
    expect(say).toHaveBeenCalledWith("Izin", true);
    expect(page.root.querySelector(".chat-only")?.textContent).toBe(texts.chat.onlyHosts);
    await page.settle(() => session.changeRules({ chatMode: "hosts" }));
    expect(words()).toContain(texts.chat.onlyHostsNow);
    expect(page.root.querySelector(".chat-to select")).toBeNull();
  });
});

describe("the spotlight", () => {
  it("makes somebody large for everybody, but a person's own pin goes before it", async () => {
    await show("participant");
    await page.settle(() => session.changeMeeting({ spotlight: "novi" }));
    const large = () => page.root.querySelector(".featured .tile")?.getAttribute("aria-label");
    expect(large()).toBe(NOVI.name);
    expect(page.root.querySelector(".featured")?.textContent).toContain(texts.participants.spotlit);
    await menu(BUDI.name);
    await page.press(texts.participants.pin);
    expect(large()).toBe(BUDI.name);
    await page.press(texts.participants.menu(BUDI.name));
    await page.press(texts.participants.unpin);
    expect(large()).toBe(NOVI.name);
    await page.settle(() => session.changeMeeting({ spotlight: "self" }));
    expect(large()).toBeUndefined();
    expect(page.root.querySelector('[role=group][aria-label="Siti Aminah"]')?.textContent).toContain(
      texts.participants.spotlit,
    );
  });

  it("asks the node for the picture of who is large, as sharp as the stage", async () => {
    const wide = vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(1280);
    const high = vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
    await show("participant");
    await page.settle(() => session.changeMeeting({ spotlight: "novi" }));
    wide.mockRestore();
    high.mockRestore();
    const asked = session.layout.filter(({ participantId }) => participantId);
    expect(asked).toMatchObject([{ participantId: "novi", height: 600 }]);
  });
});

describe("reactions", () => {
  it("are sent in two presses, and shown on the tile and in words", async () => {
    await show("participant");
    await page.press("Reaksi");
    await page.press(texts.reactions.names.applause);
    expect(page.root.querySelector(".reaction-bar")).toBeNull();
    expect(page.root.querySelector('[role=group][aria-label="Siti Aminah"]')?.textContent).toContain(
      texts.reactions.names.applause,
    );
    await page.settle(() => session.reacts(BUDI, "applause"));
    expect(page.root.querySelector(".reaction-list")?.textContent).toContain(
      texts.reactions.ofMany(texts.reactions.names.applause, 2),
    );
  });
});

describe("a long list", () => {
  it("has only the rows in view, says how long it is, and is walked by keys", async () => {
    const many = Array.from({ length: 999 }, (_, index) =>
      participant(`p${index}`, `Orang ${String(index).padStart(3, "0")}`),
    );
    await show("participant", many);
    await people();
    const rows = () => [...page.root.querySelectorAll<HTMLElement>(".people li")];
    expect(rows().length).toBeLessThan(60);
    expect(rows()[0]?.getAttribute("aria-setsize")).toBe("1000");
    rows()[0]?.focus();
    await page.key("ArrowDown");
    expect(document.activeElement?.getAttribute("aria-posinset")).toBe("2");
    await page.key("End");
    expect(document.activeElement?.getAttribute("aria-posinset")).toBe("1000");
    expect(rows().filter((row) => row.tabIndex === 0)).toHaveLength(1);
    await page.key("Home");
    expect(document.activeElement?.textContent).toContain("Siti Aminah");
  });
});

it("the texts are the same in both languages", () => {
  expect(Object.keys(en)).toEqual(Object.keys(id));
});
