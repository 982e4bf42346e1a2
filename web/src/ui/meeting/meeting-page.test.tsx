import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { id } from "../../../dev/catalogue";
import { enterRoom } from "../../../dev/fake-room";
import { FakeSession, failure, NOW, participant } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import type { ParticipantView, Role } from "../../client/contract";
import { leaveAsked, room } from "../room";
import { MeetingPage } from "./meeting-page";

const ANDI = participant("andi", "Drs. H. Andi Baso, M.Si", { role: "host", joinedAt: NOW + 1 });
const BUDI = participant("budi", "Budi Santoso", { microphone: false, joinedAt: NOW + 2 });

let session: FakeSession;
let page: ShownPage;

beforeEach(() => {
  leaveAsked.value = false;
});

afterEach(() => {
  page.close();
  room.value = null;
  vi.useRealTimers();
});

async function show(others: readonly ParticipantView[] = [ANDI, BUDI], role: Role = "participant"): Promise<void> {
  session = new FakeSession();
  session.gather(participant("self", "Siti Aminah", { role }), others);
  page = await showPage(<MeetingPage room={enterRoom(session)} />);
}

function tile(name: string): HTMLElement {
  const found = page.root.querySelector<HTMLElement>(`[role=group][aria-label="${name}"]`);
  if (!found) throw new Error(`no tile of ${name}`);
  return found;
}

const words = () => page.root.textContent ?? "";

describe("the news", () => {
  it.each([true, false])("says to who comes into a full room why the microphone is off (on: %s)", async (on) => {
    session = new FakeSession();
    session.gather(participant("self", "Siti Aminah"), [ANDI]);
    session.joinedMuted.value = true;
    session.microphoneOn.value = on;
    page = await showPage(<MeetingPage room={enterRoom(session)} />);
    expect(words().includes(id.preview.mutedBecauseMany)).toBe(!on);
  });

  it("tells hands that go up together as one line", async () => {
    await show();
    const lines = () => [...page.root.querySelectorAll(".news p")].map((line) => line.textContent);
    const raises = (name: string) =>
      page.settle(() => session.tell({ kind: "hand-raised", participantId: name, name }));
    await raises("Budi");
    expect(lines()).toEqual([id.meeting.handRaised("Budi")]);
    await raises("Ani");
    await raises("Cici");
    expect(lines()).toEqual([id.meeting.handsRaised(3)]);
    await page.settle(() => session.tell({ kind: "own-screen-ended" }));
    await raises("Dedi");
    expect(lines()).toEqual([id.meeting.handsRaised(3), id.meeting.ownScreenEnded, id.meeting.handRaised("Dedi")]);
  });
});

describe("the stage", () => {
  it("has a tile for everybody that says in words who talks, is muted, has a hand up or lost the network", async () => {
    await show();
    await page.settle(() => {
      session.speakers.value = ["andi"];
      session.changeOther("budi", { handRaisedAt: NOW, lost: true });
    });
    expect(tile(ANDI.name).textContent).toContain(id.meeting.speaking);
    expect(tile("Budi Santoso").textContent).toContain(id.meeting.muted);
    expect(tile("Budi Santoso").textContent).toContain(id.meeting.hand);
    expect(tile("Budi Santoso").textContent).toContain(id.meeting.lost);
    expect(tile("Siti Aminah").textContent).toContain(id.meeting.yourTile("Siti Aminah"));
  });

  it("keeps the picture's element when it is paused, and says why", async () => {
    await show();
    const video = tile(ANDI.name).querySelector("video");
    await page.settle(() => session.changeSlot(1, { paused: "bandwidth" }));
    expect(tile(ANDI.name).querySelector("video")).toBe(video);
    expect(video?.hidden).toBe(true);
    expect(tile(ANDI.name).textContent).toMatch(
      new RegExp(`${id.meeting.paused.bandwidth}|${id.meeting.pausedShort.bandwidth}`),
    );
  });

  it("moves nobody when somebody leaves and somebody comes", async () => {
    await show();
    const names = () =>
      [...page.root.querySelectorAll("[role=group].tile")].map((element) => element.getAttribute("aria-label"));
    expect(names()).toEqual([ANDI.name, "Budi Santoso", "Siti Aminah"]);
    await page.settle(() => {
      session.others.value = [participant("citra", "Citra"), BUDI];
      session.changeSlot(1, { participantId: "citra" });
    });
    expect(names()).toEqual(["Citra", "Budi Santoso", "Siti Aminah"]);
  });

  it("says that one is alone", async () => {
    await show([]);
    expect(words()).toContain(id.meeting.alone);
  });

  it("counts who is not shown and opens the list of them", async () => {
    await show(
      Array.from({ length: 15 }, (_, index) => participant(`p${index}`, `Orang ${index}`, { joinedAt: index })),
    );
    await page.press(id.meeting.others(6));
    expect(page.root.querySelectorAll(".person")).toHaveLength(16);
  });

  it("asks for every slot once it is measured, and for none while nobody looks", async () => {
    await show();
    expect(session.layout).toEqual([]);
    const wide = vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(1280);
    const high = vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
    page.close();
    await show();
    wide.mockRestore();
    high.mockRestore();
    expect(session.layout.map(({ slot }) => slot)).toEqual(Array.from({ length: 10 }, (_, slot) => slot));
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    await page.settle(() => document.dispatchEvent(new Event("visibilitychange")));
    expect(session.layout.every(({ height }) => height === 0)).toBe(true);
    hidden.mockRestore();
  });

  it("shows a shared screen that keys make larger", async () => {
    await show();
    await page.settle(() => session.shareOf("andi"));
    const screen = page.root.querySelector<HTMLElement>(`section[aria-label="${id.meeting.screenOf(ANDI.name)}"]`);
    expect(screen).not.toBeNull();
    await page.press(id.meeting.zoomIn);
    expect(words()).toContain(id.meeting.zoomNow(140));
    await page.settle(() => screen?.dispatchEvent(new KeyboardEvent("keydown", { key: "0", bubbles: true })));
    expect(words()).toContain(id.meeting.zoomNow(100));
  });
});

describe("the controls", () => {
  it("say their state and change it", async () => {
    await show();
    await page.press("Mikrofon");
    expect(session.microphoneOn.value).toBe(false);
    expect(page.button("Mikrofon").getAttribute("aria-pressed")).toBe("false");
    expect(words()).toContain(id.meeting.status.notHeard);
    await page.press("Angkat tangan");
    expect(page.button("Angkat tangan").getAttribute("aria-pressed")).toBe("true");
    expect(words()).toContain(id.meeting.status.hand);
    await page.press("Bagikan layar");
    await page.press(id.meeting.stopSharing);
    expect(session.ownScreen.value).toBeNull();
  });

  it("say off for a device that is gone, and ask for it again", async () => {
    await show();
    const turnOn = vi.spyOn(session, "setCamera");
    await page.settle(() => {
      session.devices.value = { ...session.devices.value, camera: "none" };
    });
    expect(page.button("Kamera").getAttribute("aria-pressed")).toBe("false");
    await page.press("Kamera");
    expect(turnOn).toHaveBeenCalledWith(true);
  });

  it("work by keyboard, only with Alt", async () => {
    await show();
    await page.settle(() => dispatchEvent(new KeyboardEvent("keydown", { code: "KeyM" })));
    expect(session.microphoneOn.value).toBe(true);
    await page.settle(() => dispatchEvent(new KeyboardEvent("keydown", { code: "KeyM", altKey: true })));
    expect(session.microphoneOn.value).toBe(false);
    await page.settle(() => dispatchEvent(new KeyboardEvent("keydown", { code: "KeyB", altKey: true })));
    expect(page.root.querySelector("dialog")?.textContent).toContain(id.controls.shortcutList.microphone);
  });

  it("open one panel at a time; Escape closes it and gives the focus back", async () => {
    await show();
    page.button("Peserta").focus();
    await page.press("Peserta");
    expect(page.button("Peserta").getAttribute("aria-expanded")).toBe("true");
    await page.press("Obrolan");
    expect(page.root.querySelectorAll("aside")).toHaveLength(1);
    await page.press("Obrolan");
    page.button("Peserta").focus();
    await page.press("Peserta");
    await page.key("Escape");
    expect(page.root.querySelector("aside")).toBeNull();
    expect(document.activeElement).toBe(page.button("Peserta"));
  });
});

describe("an open panel", () => {
  it("leaves what the meeting says and the reactions beside it: they stand in the grid, not in the stage", async () => {
    await show();
    await page.press("Obrolan");
    await page.press("Reaksi");
    for (const part of [".over-stage", ".reaction-bar"]) {
      expect(page.root.querySelector(`.meeting-main > ${part}`), part).not.toBeNull();
      expect(page.root.querySelector(`.stage-area ${part}`), part).toBeNull();
    }
  });

  it("hides nobody who waits: the control says how many, to hosts only", async () => {
    const wait = () =>
      page.settle(() => {
        session.waiting.value = ["Cici", "Dedi"].map((name) => ({ id: name, name, since: NOW }));
      });
    await show([BUDI], "host");
    await wait();
    await page.press("Obrolan");
    expect(page.button("Peserta").getAttribute("aria-description")).toContain(id.controls.waiting(2));
    expect(page.button("Peserta").querySelector(".badge")?.textContent).toBe("2");
    page.close();
    await show();
    await wait();
    expect(page.button("Peserta").getAttribute("aria-description")).toBe(id.controls.present(3));
  });

  it("stays when Escape closes a dialog over it", async () => {
    await show();
    await page.press("Peserta");
    await page.type(id.participants.search, "budi");
    await page.press(id.participants.menu("Budi Santoso"));
    expect(page.root.querySelector("dialog")?.open).toBe(true);
    await page.key("Escape");
    expect(page.field(id.participants.search).value).toBe("budi");
    await page.settle(() =>
      page.root.querySelector("dialog")?.dispatchEvent(new Event("cancel", { cancelable: true })),
    );
    expect(page.root.querySelector("dialog")).toBeNull();
    await page.key("Escape");
    expect(page.root.querySelector("aside")).toBeNull();
  });

  it("opens no dialog by itself when somebody who was chosen comes back", async () => {
    await show();
    await page.press("Peserta");
    await page.press(id.participants.menu("Budi Santoso"));
    await page.settle(() => {
      session.others.value = [ANDI];
    });
    expect(page.root.querySelector("dialog")).toBeNull();
    expect(document.activeElement?.closest("aside")).not.toBeNull();
    await page.settle(() => {
      session.others.value = [ANDI, BUDI];
    });
    expect(page.root.querySelector("dialog")).toBeNull();
  });
});

describe("the focus", () => {
  it("begins at the meeting's title", async () => {
    await show();
    expect(document.activeElement).toBe(page.root.querySelector("h1"));
  });

  it("goes back to the control when what opened the panel is gone", async () => {
    await show();
    await page.settle(() => session.polls.add("Setuju?", { Ya: 3, Tidak: 1 }, { open: true }));
    page.button(id.polls.answer).focus();
    await page.press(id.polls.answer);
    await page.key("Escape");
    expect(document.activeElement).toBe(page.button(id.controls.polls));
  });
});

describe("the chat", () => {
  it("counts what came while it was closed", async () => {
    await show();
    await page.settle(() => {
      session.hear(ANDI, "Selamat pagi.");
      session.hear(BUDI, "Pagi, Pak.");
    });
    expect(page.button("Obrolan").getAttribute("aria-description")).toBe(id.controls.unread(2));
    await page.press("Obrolan");
    expect(page.button("Obrolan").getAttribute("aria-description")).toBeNull();
    expect(words()).toContain("Pagi, Pak.");
  });

  it("sends with Enter, breaks the line with Shift and Enter, and keeps what was begun", async () => {
    await show();
    const say = vi.spyOn(session, "say");
    await page.press("Obrolan");
    await page.type(id.chat.message, "Satu");
    page.field(id.chat.message).focus();
    await page.key("Enter", { shiftKey: true });
    expect(say).not.toHaveBeenCalled();
    await page.press(id.app.close);
    await page.press("Obrolan");
    expect(page.field(id.chat.message).value).toBe("Satu");
    page.field(id.chat.message).focus();
    await page.key("Enter");
    expect(say).toHaveBeenCalledWith("Satu", false);
    expect(page.field(id.chat.message).value).toBe("");
  });

  it("does not send what is too long and says by how much", async () => {
    await show();
    const say = vi.spyOn(session, "say");
    await page.press("Obrolan");
    await page.type(id.chat.message, "a".repeat(2005));
    await page.press(id.chat.send);
    expect(words()).toContain(id.chat.tooLong(5));
    expect(say).not.toHaveBeenCalled();
  });

  it("keeps a line that was not sent, and sends it again", async () => {
    await show();
    session.refusals.say = failure("OFFLINE");
    await page.press("Obrolan");
    await page.type(id.chat.message, "Halo");
    await page.press(id.chat.send);
    expect(words()).toContain(id.errors.OFFLINE);
    await page.press(id.chat.retry);
    expect(words()).not.toContain(id.errors.OFFLINE);
    expect(words()).toContain("Halo");
  });
});

describe("the participants", () => {
  it("stand with hands first in their order, and are found by name", async () => {
    await show([
      { ...ANDI, handRaisedAt: NOW + 9 },
      { ...BUDI, handRaisedAt: NOW + 3 },
    ]);
    await page.press("Peserta");
    const names = () => [...page.root.querySelectorAll(".person-name")].map((name) => name.textContent);
    expect(names()).toEqual(["Budi Santoso", ANDI.name, "Siti Aminah (Anda)"]);
    await page.type(id.participants.search, "BÚDI");
    expect(names()).toEqual(["Budi Santoso"]);
    await page.type(id.participants.search, "zulkifli");
    expect(words()).toContain(id.participants.noneFound("zulkifli"));
  });
});

describe("what has to be known", () => {
  it("is that one talks while muted", async () => {
    await show();
    await page.settle(() => {
      session.microphoneOn.value = false;
      session.talkingWhileMuted.value = true;
    });
    expect(words()).toContain(id.meeting.talkingWhileMuted);
    await page.press(id.meeting.turnOnMicrophone);
    expect(session.microphoneOn.value).toBe(true);
    expect(words()).not.toContain(id.meeting.talkingWhileMuted);
  });

  it("is that one talks while muted, said now and then to a noisy room", async () => {
    await show();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    vi.advanceTimersByTime(1000);
    const noise = (on: boolean) =>
      page.settle(() => {
        session.microphoneOn.value = false;
        session.talkingWhileMuted.value = on;
      });
    await noise(true);
    expect(words()).toContain(id.meeting.talkingWhileMuted);
    await page.settle(() => vi.advanceTimersByTime(9_000));
    expect(words()).not.toContain(id.meeting.talkingWhileMuted);
    await noise(false);
    await noise(true);
    expect(words()).not.toContain(id.meeting.talkingWhileMuted);
    await noise(false);
    await page.settle(() => vi.advanceTimersByTime(61_000));
    await noise(true);
    expect(words()).toContain(id.meeting.talkingWhileMuted);
  });

  it("is a lost connection after a moment, the way to try at once, and that it is back", async () => {
    await show();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
    await page.settle(() => {
      session.connection.value = { socket: "waiting", attempt: 1, nextTryAt: performance.now() + 9000, media: "lost" };
    });
    await page.settle(() => vi.advanceTimersByTime(500));
    expect(words()).not.toContain(id.meeting.mediaDown);
    await page.settle(() => vi.advanceTimersByTime(500));
    expect(words()).toContain(id.meeting.mediaDown);
    expect(words()).toContain(id.meeting.status.networkLost);
    await page.press(id.meeting.reconnectNow);
    expect(words()).not.toContain(id.meeting.mediaDown);
    expect(words()).toContain(id.meeting.backAgain);
    await page.settle(() => vi.advanceTimersByTime(5000));
    expect(words()).not.toContain(id.meeting.backAgain);
  });

  it("is that the socket alone is away, while sound and pictures go on", async () => {
    await show();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
    await page.settle(() => {
      session.connection.value = { socket: "connecting", attempt: 2, nextTryAt: 0, media: "up" };
    });
    await page.settle(() => vi.advanceTimersByTime(1000));
    expect(words()).toContain(id.meeting.reconnectingTry(2));
    expect(words()).toContain(id.meeting.socketDown);
  });

  it("is a weak network, for a while", async () => {
    await show();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    await page.settle(() => {
      session.quality.value = { ...session.quality.value, limitation: "audio-only", availableKbps: 90 };
    });
    expect(words()).toContain(id.meeting.quality["audio-only"]("90 kbit/d"));
    await page.settle(() => vi.advanceTimersByTime(13_000));
    expect(words()).not.toContain(id.meeting.quality["audio-only"]("90 kbit/d"));
    expect(words()).toContain(id.meeting.status.networkPoor);
  });

  it("is sound that the browser holds back", async () => {
    await show();
    await page.settle(() => session.tell({ kind: "audio-blocked" }));
    await page.press(id.meeting.unlockAudio);
    expect(words()).not.toContain(id.meeting.audioBlocked);
  });

  it("is who comes and goes, for a moment, and not in a large meeting", async () => {
    await show();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await page.settle(() => session.tell({ kind: "joined", participantId: "c", name: "Citra" }));
    expect(words()).toContain(id.meeting.joined("Citra"));
    await page.settle(() => vi.advanceTimersByTime(7000));
    expect(words()).not.toContain(id.meeting.joined("Citra"));
    await page.settle(() => {
      session.others.value = Array.from({ length: 30 }, (_, index) => participant(`p${index}`, `Orang ${index}`));
      session.tell({ kind: "joined", participantId: "d", name: "Dewi" });
    });
    expect(words()).not.toContain(id.meeting.joined("Dewi"));
  });
});

describe("one's own state", () => {
  it("shows data, and saves it in one press", async () => {
    await show();
    expect(words()).toContain(id.meeting.data.used("20"));
    await page.press(id.meeting.data.saving);
    expect(session.dataSaving.value).toBe("audio-and-screen");
    expect(page.button(id.meeting.data.saving).getAttribute("aria-pressed")).toBe("true");
    await page.settle(() => page.root.querySelector<HTMLElement>(".own-state")?.click());
    expect(words()).toContain(id.meeting.data.perHour("190"));
    await page.settle(() => page.root.querySelectorAll<HTMLInputElement>("input[type=radio]")[2]?.click());
    expect(session.dataSaving.value).toBe("audio-only");
  });
});

describe("leaving", () => {
  it("asks once", async () => {
    await show();
    await page.press("Keluar");
    const question = page.root.querySelector("dialog");
    expect(question?.textContent).toContain(id.leave.title);
    expect(question?.textContent).not.toContain(id.leave.endForAll);
    await page.press(id.leave.stay);
    expect(session.phase.value).toBe("in-meeting");
    expect(page.root.querySelector("dialog")).toBeNull();
    await page.press("Keluar");
    await page.settle(() => page.root.querySelector<HTMLElement>("dialog .danger")?.click());
    expect(session.endReason.value).toBe("left");
  });

  it("lets a host end for all, first answer no, and says when that failed", async () => {
    await show([ANDI], "host");
    session.refusals.endMeeting = failure("UNAVAILABLE");
    await page.press("Keluar");
    expect(document.activeElement).toBe(page.button(id.leave.stay));
    await page.press(id.leave.endForAll);
    expect(page.root.querySelector("[role=alert]")?.textContent).toContain(id.errors.UNAVAILABLE);
    expect(session.phase.value).toBe("in-meeting");
    await page.press(id.leave.endForAll);
    expect(session.endReason.value).toBe("ended");
  });
});
