import { afterEach, expect, it, vi } from "vitest";
import { id } from "../../../dev/catalogue";
import { enterRoom } from "../../../dev/fake-room";
import { FakeSession, failure, participant } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import { room } from "../room";
import { MeetingPage } from "./meeting-page";

let page: ShownPage;

afterEach(() => {
  page.close();
  room.value = null;
});

it("keeps a text that may not be sent, says why at the field, and forgets that when it is written anew", async () => {
  const session = new FakeSession();
  session.gather(participant("self", "Siti Aminah"), []);
  page = await showPage(<MeetingPage room={enterRoom(session)} />);
  vi.spyOn(session, "say").mockRejectedValueOnce(failure("INVALID_FIELD"));
  await page.press("Obrolan");
  await page.type(id.chat.message, "Nota \ue000");
  await page.press(id.chat.send);
  const field = page.field(id.chat.message);
  expect(field.value).toBe("Nota \ue000");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(page.root.querySelector("#chat-hint")?.textContent).toBe(id.chat.notSendable);
  await page.type(id.chat.message, "Nota");
  expect(page.root.querySelector("#chat-hint")?.textContent).toBe(id.chat.hint);
  await page.press(id.chat.send);
  expect(field.value).toBe("");
});
