// What hosts do not allow the person here, as their role and the meeting's rules say it now.
import { computed, effect, type ReadonlySignal, untracked } from "@preact/signals-core";
import type { MeetingInfo, ParticipantView } from "./contract";
import type { OwnMedia } from "./own-media";

export class Locks {
  readonly microphone: ReadonlySignal<boolean>;
  readonly share: ReadonlySignal<boolean>;

  /** Both read inside of signals. */
  constructor(self: () => ParticipantView | null, meeting: () => MeetingInfo | null) {
    const participates = () => self()?.role === "participant";
    this.microphone = computed(() => participates() && meeting()?.rules.unmuteForbidden === true);
    this.share = computed(() => participates() && meeting()?.rules.shareMode === "hosts");
  }

  /** Whatever the reason (rules, a role that was taken, a rejoin): what may not be sent is turned off here too. Returns what stops that. */
  follow(own: Pick<OwnMedia, "setMicrophone" | "stopSharing">): () => void {
    const stops = [
      effect(() => {
        if (this.microphone.value) untracked(() => void own.setMicrophone(false));
      }),
      effect(() => {
        if (this.share.value) untracked(() => own.stopSharing());
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }
}
