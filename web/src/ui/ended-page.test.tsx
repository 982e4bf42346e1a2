import { afterEach, describe, expect, it } from "vitest";
import { id } from "../../dev/catalogue";
import { FakeSession, failure } from "../../dev/fake-session";
import { type ShownPage, showPage } from "../../dev/shown-page";
import type { EndReason, Failure } from "../client/contract";
import { EndedPage } from "./ended-page";
import { lastForm, type Room, room } from "./room";

const FORM = { name: "Siti Aminah", meetingId: "8123456789", password: "padi-hijau-77" };
let page: ShownPage;

afterEach(() => {
  page.close();
  room.value = null;
  lastForm.value = null;
});

async function show(reason: EndReason, from: Room["from"] = "join", why: Failure | null = null): Promise<void> {
  const session = new FakeSession();
  session.end(reason, why);
  const current: Room = { session, form: FORM, from };
  room.value = current;
  lastForm.value = FORM;
  page = await showPage(<EndedPage room={current} />);
}

describe("the last page", () => {
  it.each(["left", "ended", "cancelled", "removed", "replaced", "preview-expired"] as const)(
    "says what happened: %s",
    async (reason) => {
      await show(reason);
      expect(page.root.querySelector("h1")?.textContent).toBe(id.ended[reason].title);
      expect(page.root.textContent).toContain(id.ended[reason].text);
      expect(document.activeElement).toBe(page.root.querySelector("h1"));
      expect(document.title).toContain(id.ended[reason].title);
    },
  );

  it("says what was used of the person's data", async () => {
    await show("left");
    expect(page.root.textContent).toContain(id.ended.used("20"));
  });

  it("gives the failure's own sentence when the connection could not be restored", async () => {
    await show("failed", "join", failure("TOKEN_EXPIRED").failure);
    expect(page.root.textContent).toContain(id.errors.TOKEN_EXPIRED);
  });

  it.each(["ended", "cancelled", "removed"] as const)("offers no way back into what is over: %s", async (reason) => {
    await show(reason);
    expect(page.has(id.ended.again)).toBe(false);
    await page.press(id.app.toStart);
    expect(room.value).toBeNull();
    expect(lastForm.value).toBeNull();
  });

  it("joins again with what was typed before", async () => {
    await show("left");
    await page.press(id.ended.again);
    expect(room.value).toBeNull();
    expect(lastForm.value).toEqual(FORM);
  });

  it("brings a host back to the own meetings", async () => {
    await show("ended", "host");
    expect(page.has(id.app.toStart)).toBe(false);
    await page.press(id.ended.host);
    expect(room.value).toBeNull();
  });
});
