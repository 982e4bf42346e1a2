// Every panel of the meeting, by name. What a panel needs of the page is in PanelStand; one at a time is open.
import type { ComponentType } from "preact";
import type { MeetingSession } from "../../client/contract";
import { Lazy } from "../parts/lazy";
import { roomWords } from "../room/words";
import { ChatPanel } from "./chat-panel";
import { Panel, type PanelName } from "./panel";
import { ParticipantsPanel } from "./participants-panel";
import { PollPanel } from "./poll-panel";
import { StatusPanel } from "./status-panel";

export interface PanelStand {
  readonly session: MeetingSession;
  readonly draft: string;
  readonly toHosts: boolean;
  readonly onDraft: (text: string) => void;
  readonly onToHosts: (toHosts: boolean) => void;
  readonly onShortcuts: () => void;
  readonly onOpen: (name: PanelName) => void;
  readonly onClose: () => void;
}

const loadControls = async () => (await import("../in-charge/parts")).MeetingControls;

function ControlPanel({ session, onClose }: PanelStand) {
  return (
    <Panel title={roomWords.value.participants.control} onClose={onClose}>
      <Lazy load={loadControls} props={{ session }} inPage />
    </Panel>
  );
}

export const PANELS: Readonly<Record<PanelName, ComponentType<PanelStand>>> = {
  chat: ChatPanel,
  control: ControlPanel,
  participants: ParticipantsPanel,
  polls: PollPanel,
  status: StatusPanel,
};
