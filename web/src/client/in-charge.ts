// What a host does in a meeting, and what follows from it for everybody. Types only: nothing here costs a byte.

export type ShareMode = "everybody" | "hosts";
export type ChatMode = "everybody" | "hosts";

/** How the meeting is held now. */
export interface MeetingRules {
  /** Nobody new enters. */
  readonly locked: boolean;
  /** Whoever comes waits until a host admits them. */
  readonly lobby: boolean;
  /** Participants cannot turn their microphones on. */
  readonly unmuteForbidden: boolean;
  readonly shareMode: ShareMode;
  /** Whom participants may write to. */
  readonly chatMode: ChatMode;
}

/** Somebody in the lobby. Hosts and co-hosts only learn of them. */
export interface WaitingView {
  readonly id: string;
  readonly name: string;
  /** Since the epoch. */
  readonly since: number;
}

export type HostAct =
  /** No ids: everybody but hosts and co-hosts. */
  | { readonly kind: "mute"; readonly ids: readonly string[] }
  | { readonly kind: "stop-camera"; readonly id: string }
  | { readonly kind: "stop-share"; readonly id: string }
  | { readonly kind: "remove"; readonly id: string }
  /** "": all hands. */
  | { readonly kind: "lower-hand"; readonly id: string }
  /** "": nobody any more. */
  | { readonly kind: "spotlight"; readonly id: string }
  | { readonly kind: "set-role"; readonly id: string; readonly role: "participant" | "co-host" | "host" }
  /** No ids: everybody who waits. */
  | { readonly kind: "admit"; readonly ids: readonly string[] }
  | { readonly kind: "deny"; readonly ids: readonly string[] }
  | { readonly kind: "settings"; readonly change: Partial<MeetingRules> }
  | { readonly kind: "end" };

/** A host act that was carried out. */
export interface ModeratedNotice {
  readonly kind: "moderated";
  readonly act: HostAct;
  /** "": the system itself. */
  readonly by: string;
  /** The person here did it. */
  readonly own: boolean;
  /** It concerns the person here. */
  readonly self: boolean;
  /** Of the others whom it concerns, as far as they are known. */
  readonly names: readonly string[];
}

export type ReactionName = "agree" | "applause" | "thanks" | "laugh" | "surprised";

export interface ReactionView {
  readonly participantId: string;
  readonly name: string;
  readonly reaction: ReactionName;
  /** Grows with each reaction of the meeting. */
  readonly number: number;
}
