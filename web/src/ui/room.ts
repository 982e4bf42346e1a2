// The one meeting that this page is in: from the click on Lanjut to the last page.
import { signal } from "@preact/signals";
import type { JoinForm, MeetingSession } from "../client/contract";
import type { Services } from "./services";

export interface Room {
  readonly session: MeetingSession;
  readonly form: JoinForm;
  /** Where the person came from, and goes back to. */
  readonly from: "join" | "host";
}

export const room = signal<Room | null>(null);
/** What was typed last, so that joining again is one click. */
export const lastForm = signal<JoinForm | null>(null);
/** Asked for by the browser's back button: the meeting page shows the question that Keluar asks. */
export const leaveAsked = signal(false);

/** Fetched while the person still types, so that Lanjut finds everything there. A failure shows when it matters. */
export function preload(services: Services): void {
  void services.loadOpenSession().catch(() => undefined);
  void loadRoomPage().catch(() => undefined);
}

export const loadRoomPage = async () => (await import("./room-page")).RoomPage;

/** Brings a session to its preview and shows it. Rejects with the client's FailureError; then nothing is left open. */
export async function openRoom(services: Services, form: JoinForm, from: Room["from"]): Promise<void> {
  const openSession = await services.loadOpenSession();
  const session = openSession();
  try {
    await session.prepare(form);
  } catch (thrown) {
    session.dispose();
    throw thrown;
  }
  history.pushState({ room: true }, "", location.pathname);
  leaveAsked.value = false;
  if (from === "join") lastForm.value = form;
  room.value = { session, form, from };
}

/** Lets go of the room and shows the page that it was entered from. */
export function closeRoom(): void {
  const closing = room.value;
  if (!closing) return;
  room.value = null;
  leaveAsked.value = false;
  closing.session.dispose();
  if ((history.state as { room?: boolean } | null)?.room) history.back();
}

/** The browser's back button: out of the preview at once, out of the meeting only after the question. */
export function followBackButton(): () => void {
  const back = () => {
    const current = room.value;
    if (!current || (history.state as { room?: boolean } | null)?.room) return;
    const phase = current.session.phase.value;
    if (phase === "in-meeting" || phase === "reconnecting" || phase === "entering") {
      history.pushState({ room: true }, "", location.pathname);
      leaveAsked.value = true;
      return;
    }
    if (phase !== "ended") void current.session.leave().catch(() => undefined);
    closeRoom();
  };
  addEventListener("popstate", back);
  return () => removeEventListener("popstate", back);
}
