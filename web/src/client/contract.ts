// What the user interface builds against: read-only signals and methods, and not one word about sockets, SDP or protobuf.
// Nothing here costs a byte: types only. `client/links.ts` is small and loaded with the first page;
// `client/account-session.ts` and the account's API clients beside it are loaded with the pages of accounts;
// `client/open-session.ts` loads the rest when somebody clicks Lanjut.
import type { ReadonlySignal } from "@preact/signals-core";
import type { HostAct, MeetingRules, ModeratedNotice, ReactionName, ReactionView, WaitingView } from "./in-charge";

/** The names of sipulung.common.v1.ErrorCode without their prefix, and what a browser can find out by itself. */
export type FailureCode =
  | "INTERNAL"
  | "UNAVAILABLE"
  | "INVALID_FIELD"
  | "MALFORMED"
  | "WRONG_STATE"
  | "THROTTLED"
  | "NOT_FOUND"
  | "PERMISSION_DENIED"
  | "UNAUTHENTICATED"
  | "TOKEN_EXPIRED"
  | "CONFLICT"
  | "TOO_LARGE"
  | "DEADLINE_EXCEEDED"
  | "WRONG_ID_OR_PASSWORD"
  | "WRONG_USER_OR_PASSWORD"
  | "MEETING_FULL"
  | "MEETING_ENDED"
  | "MEETING_NOT_OPEN"
  | "REMOVED"
  | "ACCOUNT_DISABLED"
  | "OFFER_REFUSED"
  | "NO_MEDIA_NODE"
  | "SESSION_GONE"
  | "PREVIEW_EXPIRED"
  | "REPLACED"
  | "SHUTTING_DOWN"
  | "MEETING_CANCELLED"
  | "MEETING_LOCKED"
  | "LOBBY_DENIED"
  /** No answer from the network at all: offline, DNS, refused. */
  | "OFFLINE"
  /** The browser lacks WebRTC, WebSocket or a codec that everybody has. */
  | "BROWSER_UNSUPPORTED"
  /** A code that is newer than this client. */
  | "UNKNOWN";

/** Why something did not work. `message` is English and for the console; people read the catalogue's sentence for `code`. */
export interface Failure {
  readonly code: FailureCode;
  /** The path of the wrong field in proto or JSON names ("name", "meeting_id", "say.text"), or "". */
  readonly field: string;
  readonly message: string;
  /** 0: no advice. */
  readonly retryAfterMs: number;
  /** Of MEETING_NOT_OPEN: when it opens, and the time zone to say that in ("": the device's own). */
  readonly opensAt?: number;
  readonly timeZone?: string;
}

/** Everything that is refused is thrown as this. */
export interface FailureError extends Error {
  readonly failure: Failure;
}

export type Role = "participant" | "co-host" | "host";

/**
 * idle → connecting (token, socket, transport) → preview → entering (→ waiting) → in-meeting ⇄ reconnecting → ended.
 * waiting: in the lobby, until a host admits; nothing is sent to anybody. A failure before the preview goes back to idle with `failure` set, so that the form can be corrected.
 */
export type Phase =
  | "idle"
  | "connecting"
  | "preview"
  | "entering"
  | "waiting"
  | "in-meeting"
  | "reconnecting"
  | "ended";

/** left: by the person's own click. ended: for all. cancelled: called off. denied: not let in from the lobby. failed: see `failure`. */
export type EndReason =
  | "left"
  | "ended"
  | "cancelled"
  | "removed"
  | "denied"
  | "replaced"
  | "preview-expired"
  | "failed";

export interface MeetingInfo {
  readonly id: string;
  readonly title: string;
  /** How many are in it. */
  readonly present: number;
  readonly capacity: number;
  readonly rules: MeetingRules;
  /** Whom everybody sees large; "": nobody. */
  readonly spotlight: string;
}

export type ParticipantPresence = "present" | "lost";

export interface ParticipantView {
  readonly id: string;
  /** As the roster shows it: duplicates are told apart ("Budi (2)"). */
  readonly name: string;
  readonly role: Role;
  readonly self: boolean;
  readonly presence: ParticipantPresence;
  /** Since the epoch; 0: hand down. */
  readonly handRaisedAt: number;
  readonly joinedAt: number;
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
  /** Nothing arrives from them now ("Jaringan terputus"): by the media node or the roster, whichever is first. */
  readonly lost: boolean;
}

export interface ChatLineView {
  /** Stable from sending to arrival. */
  readonly key: string;
  /** The roster's number; 0 until it has one. */
  readonly number: number;
  readonly participantId: string;
  readonly name: string;
  readonly text: string;
  /** Since the epoch. */
  readonly sentAt: number;
  readonly own: boolean;
  /** Only hosts, co-hosts and its writer read it. */
  readonly toHosts: boolean;
  readonly state: "sent" | "sending" | "failed";
  /** Why it failed. `retrySay(key)` sends it again. */
  readonly failure: Failure | null;
}

export interface PollView {
  readonly id: string;
  readonly question: string;
  /** `votes`: 0 while the poll is open. */
  readonly options: readonly { readonly text: string; readonly votes: number }[];
  readonly open: boolean;
  /** How many have voted. */
  readonly voters: number;
  /** Since the epoch. */
  readonly openedAt: number;
  readonly byName: string;
  /** The own choice, as far as this page knows it; null: none. */
  readonly ownVote: number | null;
}

export interface MeetingPolls {
  /** Oldest first; at most one is open. */
  readonly all: ReadonlySignal<readonly PollView[]>;
  /** Hosts and co-hosts only. Rejects with CONFLICT while another one is open, and with WRONG_STATE after 20. */
  open(question: string, options: readonly string[]): Promise<void>;
  /** Hosts and co-hosts only: everybody sees the result then. */
  close(id: string): Promise<void>;
  /** `option`: from 0. May be changed until the poll is closed. */
  vote(id: string, option: number): Promise<void>;
}

export type PauseReason = "bandwidth" | "data-saving" | "codec";

/**
 * A place for somebody's picture. Slot 0 is the shared screen, 1… are faces. `stream` stays the same object while the slot's
 * occupant changes, so a <video muted playsinline> takes it as srcObject once. Sound is played by the session, not by the page.
 */
export interface SlotView {
  readonly slot: number;
  /** "": free. */
  readonly participantId: string;
  readonly source: "camera" | "screen";
  readonly paused: PauseReason | null;
  readonly stream: MediaStream;
}

export interface ConnectionView {
  /** The socket: roster, chat, hands. Media goes on without it. */
  readonly socket: "new" | "connecting" | "up" | "waiting";
  /** Of the present row of tries; 0 while up. */
  readonly attempt: number;
  /** When the next try starts (performance.now() clock), or 0. */
  readonly nextTryAt: number;
  /** Sound and pictures. */
  readonly media: "new" | "connecting" | "up" | "lost";
}

export interface QualityView {
  /** What the connection carries towards here, kbit/s; 0: not known yet. */
  readonly availableKbps: number;
  readonly limitation: "none" | "reduced" | "no-faces" | "audio-only";
  readonly roundTripMs: number;
  /** Of the last 5 s. */
  readonly lossPerMille: number;
  readonly concealedPerMille: number;
}

export interface UsageView {
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** At the rate of the last minute; 0 in the first 5 s. */
  readonly megabytesPerHour: number;
}

export type DeviceKind = "microphone" | "camera";
/** prompt: not asked yet. asking: the browser's question is open. none: no such device. in-use: taken by another program. insecure: the page has no HTTPS. */
export type DeviceAccess = "prompt" | "asking" | "granted" | "denied" | "none" | "in-use" | "insecure" | "failed";

export interface DeviceChoice {
  readonly id: string;
  /** May be "" until access was granted. */
  readonly label: string;
}

export interface DevicesView {
  readonly microphone: DeviceAccess;
  readonly camera: DeviceAccess;
  readonly microphones: readonly DeviceChoice[];
  readonly cameras: readonly DeviceChoice[];
  /** Empty where the browser does not let a page choose (Safari, Firefox on Android). */
  readonly speakers: readonly DeviceChoice[];
  readonly chosenMicrophone: string;
  readonly chosenCamera: string;
  readonly chosenSpeaker: string;
  /** The device that was in use has gone (unplugged); the next one was taken, or none is left. Cleared by the next choice. */
  readonly unplugged: DeviceKind | null;
}

/** off: all. audio-and-screen: no faces. audio-only: no pictures at all. */
export type DataSavingMode = "off" | "audio-and-screen" | "audio-only";

/** What the layout shows. `height` in physical pixels (CSS pixels × devicePixelRatio); 0 or not named: hidden, nothing is sent for it. */
export interface Tile {
  readonly slot: number;
  readonly height: number;
  /** Always this person; otherwise the node fills the slot. */
  readonly participantId?: string;
}

/** Something that happened, for a line of text or a sound. */
export type SessionNotice =
  | { readonly kind: "joined"; readonly participantId: string; readonly name: string }
  | {
      readonly kind: "left";
      readonly participantId: string;
      readonly name: string;
      readonly reason: "left" | "lost" | "removed";
    }
  | { readonly kind: "hand-raised"; readonly participantId: string; readonly name: string }
  /** Told to hosts and co-hosts. */
  | { readonly kind: "waiting"; readonly participantId: string; readonly name: string }
  | { readonly kind: "role-changed"; readonly participantId: string; readonly name: string; readonly role: Role }
  | ModeratedNotice
  | { readonly kind: "screen-started"; readonly participantId: string; readonly name: string }
  | { readonly kind: "screen-stopped"; readonly participantId: string; readonly name: string }
  /** The browser's own "stop sharing" bar was used, or the shared window was closed. */
  | { readonly kind: "own-screen-ended" }
  | { readonly kind: "device-unplugged"; readonly device: DeviceKind }
  /** The browser refuses to play sound until the person touches the page: show a button that calls `unlockAudio()`. */
  | { readonly kind: "audio-blocked" }
  | { readonly kind: "audio-unblocked" }
  /** Another connection took over without a gap (drain), or after one. */
  | { readonly kind: "media-moved" }
  | { readonly kind: "refused"; readonly failure: Failure };

export interface MeetingSession {
  readonly phase: ReadonlySignal<Phase>;
  /** Set in the phase "ended". */
  readonly endReason: ReadonlySignal<EndReason | null>;
  /** The last failure of prepare, enter or the whole session; null while all is well. */
  readonly failure: ReadonlySignal<Failure | null>;
  /** Known from the preview on. */
  readonly meeting: ReadonlySignal<MeetingInfo | null>;
  readonly selfId: ReadonlySignal<string>;
  /** In the meeting only. Also in `participants`. */
  readonly self: ReadonlySignal<ParticipantView | null>;
  readonly participants: ReadonlySignal<ReadonlyMap<string, ParticipantView>>;
  /** Raised hands, first raised first. */
  readonly hands: ReadonlySignal<readonly ParticipantView[]>;
  /** In the order of coming; empty for participants. */
  readonly waiting: ReadonlySignal<readonly WaitingView[]>;
  /** Of the last seconds, by participant. */
  readonly reactions: ReadonlySignal<ReadonlyMap<string, ReactionView>>;
  /** The host does not allow the person here to turn the microphone on. */
  readonly microphoneLocked: ReadonlySignal<boolean>;
  /** The host does not allow the person here to share a screen. */
  readonly shareLocked: ReadonlySignal<boolean>;
  /** Oldest first, own lines that are on their way included. */
  readonly chat: ReadonlySignal<readonly ChatLineView[]>;
  readonly polls: MeetingPolls;
  readonly slots: ReadonlySignal<readonly SlotView[]>;
  /** Ids, loudest first. */
  readonly speakers: ReadonlySignal<readonly string[]>;
  readonly connection: ReadonlySignal<ConnectionView>;
  readonly quality: ReadonlySignal<QualityView>;
  readonly usage: ReadonlySignal<UsageView>;
  readonly dataSaving: ReadonlySignal<DataSavingMode>;

  readonly devices: ReadonlySignal<DevicesView>;
  /** What the person wants; what really goes out also needs a device. */
  readonly microphoneOn: ReadonlySignal<boolean>;
  readonly cameraOn: ReadonlySignal<boolean>;
  /** null: nothing is shared. */
  readonly ownScreen: ReadonlySignal<MediaStream | null>;
  /** True while a share is being chosen in the browser's dialog. */
  readonly choosingScreen: ReadonlySignal<boolean>;
  /** False where the browser cannot share (phones). */
  readonly canShareScreen: boolean;
  /** The own camera, for preview and own tile (mirrored by the page); null while off. */
  readonly cameraPreview: ReadonlySignal<MediaStream | null>;
  /** 0…1, about 15 times a second, also while muted. Reading it in a signal-bound attribute re-renders nothing else. */
  readonly microphoneLevel: ReadonlySignal<number>;
  /** Talking for half a second or more with the microphone off. */
  readonly talkingWhileMuted: ReadonlySignal<boolean>;
  /** The microphone was turned off because more than 10 are present. */
  readonly joinedMuted: ReadonlySignal<boolean>;

  /** The token is fetched, then devices are asked for while the transport comes up. Resolves in the phase "preview" (the browser's question may still be open); rejects with FailureError, phase "idle". To be called in a click. */
  prepare(request: JoinForm): Promise<void>;
  /** To be called in the click on Gabung itself: it also unlocks sound. Resolves when in the meeting or in its lobby. */
  enter(): Promise<void>;
  /** Says good-bye (at most 1 s) and closes everything; devices are released at once. */
  leave(): Promise<void>;
  /** Ends the meeting for all; host only. */
  endMeeting(): Promise<void>;
  /** Of hosts and co-hosts; what may not be done is refused with PERMISSION_DENIED. */
  moderate(act: HostAct): Promise<void>;
  react(reaction: ReactionName): Promise<void>;
  /** Appears in `chat` at once. Rejects with INVALID_FIELD on text that is too long or empty; a failed line stays in `chat`. */
  say(text: string, toHosts?: boolean): Promise<void>;
  retrySay(key: string): Promise<void>;
  raiseHand(raised: boolean): Promise<void>;
  /** Turning on asks for permission where needed. Resolves with what holds then. */
  setMicrophone(on: boolean): Promise<boolean>;
  setCamera(on: boolean): Promise<boolean>;
  chooseDevice(kind: DeviceKind | "speaker", id: string): Promise<void>;
  /** Asks again after "denied", "in-use" or "none". */
  retryDevice(kind: DeviceKind): Promise<void>;
  /** To be called in a click. Resolves false when the person closed the dialog. */
  shareScreen(): Promise<boolean>;
  stopSharing(): void;
  /** Called as often as wanted; sent at most every 150 ms and only when different. */
  setLayout(tiles: readonly Tile[]): void;
  setDataSaving(mode: DataSavingMode): void;
  /** Plays sound that the browser had blocked; to be called in a click. */
  unlockAudio(): void;
  /** Reconnects now instead of waiting for the next try. */
  reconnectNow(): void;
  onNotice(listener: (notice: SessionNotice) => void): () => void;
  /** Lets go of everything without a word to the server (page is closing, tests). */
  dispose(): void;
}

export interface JoinForm {
  readonly name: string;
  /** As typed: spaces and dashes are taken out. */
  readonly meetingId: string;
  /** Empty for the owner, who gives an access token. */
  readonly password: string;
  /** Beside a password: the attendance is the account's. */
  readonly accessToken?: string;
  /** Which devices to ask for in the preview; the default is both. */
  readonly microphone?: boolean;
  readonly camera?: boolean;
}

/** What a link or the address bar says. */
export interface ParsedLink {
  readonly page: "join" | "unknown";
  /** Ten digits, or "". */
  readonly meetingId: string;
  readonly password: string;
}

/** The factory of `client/open-session.ts`; import it lazily: `const { openSession } = await import("../client/open-session")`. */
export type OpenSession = (options?: SessionOptions) => MeetingSession;
export interface SessionOptions {
  /** "" for the page's own origin. */
  readonly origin?: string;
  /** How many faces the layout will show at most: 9 on a PC, 4 on a phone (the default goes by the screen). */
  readonly faces?: number;
}
