// The page of hosts for its tests: made anew for each, with a meeting that is open and one that has ended.
import { afterEach, beforeEach } from "vitest";
import type { Account } from "../src/client/host-contract";
import { HostPage } from "../src/ui/host/host-page";
import { room } from "../src/ui/room";
import { ACCOUNT, FakeAccount } from "./fake-account";
import { FakeHost, hostMeeting } from "./fake-host";
import { FakeSession, NOW } from "./fake-session";
import { type ShownPage, showPage } from "./shown-page";

export let host: FakeHost;
export let session: FakeSession;
/** Once it is shown. */
export let page: ShownPage;

/** For each test of the file that calls it. */
export function standing(): void {
  beforeEach(() => {
    host = new FakeHost();
    session = new FakeSession();
    host.meetings = [
      hostMeeting("6204918375", "Apel pagi", { state: "ended", endedAt: NOW }),
      hostMeeting("8123456789", "Rapat Camat", { present: 12 }),
    ];
  });
  afterEach(() => {
    page.close();
    room.value = null;
  });
}

export async function show(role: Account["role"] = ACCOUNT.role): Promise<void> {
  page = await showPage(<HostPage session={new FakeAccount()} account={{ ...ACCOUNT, role }} rest="" />, {
    loadHostApi: async () => host,
    loadOpenSession: async () => () => session,
  });
}

export const alert = () => page.root.querySelector("[role=alert]")?.textContent ?? "";

/** A box or a radio button, by how its label begins. */
export const choose = (text: string) =>
  page.settle(() =>
    [...page.root.querySelectorAll("label.choice")]
      .find((label) => label.textContent?.startsWith(text))
      ?.querySelector("input")
      ?.click(),
  );
