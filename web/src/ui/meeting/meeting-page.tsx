// The meeting: own state above, stage, controls below, one panel at a time.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { leaveAsked, type Room } from "../room";
import { roomWords } from "../room/words";
import { Banners } from "./banners";
import { Controls } from "./controls";
import { LeaveQuestion } from "./leave-question";
import { ModerationBanner } from "./moderation-banner";
import { NewsLines } from "./news";
import { isOn } from "./own-state";
import type { PanelName } from "./panel";
import { PANELS } from "./panels";
import { pinned } from "./pin";
import { PollBanner } from "./poll-banner";
import { ReactionBar, ReactionList } from "./reactions";
import { type ControlName, ShortcutsHelp, useShortcuts } from "./shortcuts";
import { Stage } from "./stage";
import { TopBar } from "./top-bar";
import { WaitingBanner } from "./waiting-banner";
import { useWakeLock } from "./wake-lock";

/** Below this width a panel lies over the stage (styles/meeting.css says the same). */
const PANEL_COVERS = "(max-width: 55.99rem)";

export function MeetingPage({ room }: { readonly room: Room }) {
  const w = roomWords.value;
  const { session } = room;
  const [panel, setPanel] = useState<PanelName | null>(null);
  const [help, setHelp] = useState(false);
  const [draft, setDraft] = useState("");
  const [toHosts, setToHosts] = useState(false);
  const [reacting, setReacting] = useState(false);
  const [refused, setRefused] = useState<"" | "microphone" | "share">("");
  const [audioBlocked, setAudioBlocked] = useState(false);
  const covers = useMatch(PANEL_COVERS);
  const heading = useRef<HTMLHeadingElement>(null);
  const opener = useRef<Element | null>(null);
  const unread = useUnread(room, panel === "chat");
  const title = session.meeting.value?.title ?? "";
  useWakeLock();
  // Of the meeting before, if there was one.
  useEffect(() => {
    pinned.value = "";
  }, [session]);
  const inCharge = session.self.value !== null && session.self.value.role !== "participant";
  useEffect(() => {
    // Whoever is in charge no more has no such panel.
    if (!inCharge && panel === "control") close();
  }, [inCharge, panel]);

  // The page before is gone with what had the focus.
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    document.title = w.meeting.pageTitle(title);
  }, [title, w]);
  useEffect(
    () =>
      session.onNotice((notice) => {
        if (notice.kind === "audio-blocked") setAudioBlocked(true);
        if (notice.kind === "audio-unblocked") setAudioBlocked(false);
      }),
    [session],
  );
  useEffect(() => {
    // Closing the tab by accident: the browser asks with its own words.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, []);

  const open = (name: PanelName) => {
    if (panel === name) return close();
    // What stands in a panel goes with it: the way back leads to where that panel was opened.
    if (!document.activeElement?.closest(".panel")) opener.current = document.activeElement;
    setPanel(name);
  };
  const close = () => {
    setPanel(null);
    const before = opener.current;
    // A banner that it was opened from may be gone.
    const back = before?.isConnected && before !== document.body ? before : panel && controlOf(panel);
    if (back instanceof HTMLElement) back.focus();
    else heading.current?.focus();
  };

  const control = (name: ControlName) => {
    const acts: Readonly<Record<ControlName, () => void>> = {
      microphone: () => {
        const on = isOn(session, "microphone");
        if (!on && session.microphoneLocked.peek()) setRefused("microphone");
        else void session.setMicrophone(!on).catch(() => undefined);
      },
      camera: () => void session.setCamera(!isOn(session, "camera")).catch(() => undefined),
      share: () => {
        if (session.ownScreen.peek()) session.stopSharing();
        else if (session.shareLocked.peek()) setRefused("share");
        else if (session.canShareScreen) void session.shareScreen().catch(() => undefined);
      },
      hand: () => void session.raiseHand(!session.self.peek()?.handRaisedAt).catch(() => undefined),
      chat: () => open("chat"),
      participants: () => open("participants"),
      polls: () => open("polls"),
      reactions: () => setReacting(!reacting),
      help: () => setHelp(true),
    };
    acts[name]();
  };
  useShortcuts(control);
  // At once, not after the next frame: on a slow phone a key that is pressed meanwhile would be lost.
  useLayoutEffect(() => {
    if (!panel) return;
    // Wherever the focus is. A dialog, whoever shows it, is closed by its own Escape, and that alone.
    const press = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) close();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });

  const Shown = panel ? PANELS[panel] : null;
  return (
    <div class={panel ? "meeting with-panel" : "meeting"}>
      <TopBar session={session} heading={heading} open={panel === "status"} onToggle={() => open("status")} />
      {/* Its parts stand in the grid of the page: on a phone, banners and reactions beside an open panel, not behind it. */}
      <main class="meeting-main">
        <div class="stage-area">
          <Stage session={session} covered={panel !== null && covers} onShowOthers={() => open("participants")} />
          <ReactionList session={session} />
        </div>
        <div class="over-stage">
          <div class="banners">
            <Banners session={session} audioBlocked={audioBlocked} />
            {panel !== "polls" && <PollBanner polls={session.polls} onOpen={() => open("polls")} />}
            <ModerationBanner session={session} refused={refused} onSaid={() => setRefused("")} />
            {inCharge && panel !== "participants" && (
              <WaitingBanner session={session} onOpen={() => open("participants")} />
            )}
          </div>
          <NewsLines session={session} />
        </div>
        {reacting && <ReactionBar session={session} onClose={() => setReacting(false)} />}
      </main>
      {Shown && (
        <Shown
          session={session}
          draft={draft}
          toHosts={toHosts}
          onDraft={setDraft}
          onToHosts={setToHosts}
          onShortcuts={() => setHelp(true)}
          onOpen={open}
          onClose={close}
        />
      )}
      <Controls
        session={session}
        panel={panel}
        unread={unread}
        reacting={reacting}
        onControl={control}
        onLeave={() => {
          leaveAsked.value = true;
        }}
      />
      {leaveAsked.value && (
        <LeaveQuestion
          session={session}
          onStay={() => {
            leaveAsked.value = false;
          }}
        />
      )}
      {help && <ShortcutsHelp onClose={() => setHelp(false)} />}
    </div>
  );
}

/** The control that opens a panel. */
function controlOf(panel: PanelName): Element | null {
  return document.querySelector(`[data-opens~="${panel}"]`);
}

/** Others' lines since the chat was last open. Lines from before the person came do not count. */
function useUnread({ session }: Room, open: boolean): number {
  const lines = session.chat.value;
  const newest = lines.reduce((highest, line) => Math.max(highest, line.number), 0);
  const [seen, setSeen] = useState(newest);
  useEffect(() => {
    if (open) setSeen(newest);
  }, [open, newest]);
  return open ? 0 : lines.filter((line) => !line.own && line.number > seen).length;
}

function useMatch(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const change = () => setMatches(list.matches);
    change();
    list.addEventListener("change", change);
    return () => list.removeEventListener("change", change);
  }, [query]);
  return matches;
}
