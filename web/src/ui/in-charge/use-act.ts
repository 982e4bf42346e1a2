// One act at a time, with what went wrong in words.
import { useState } from "preact/hooks";
import type { MeetingSession } from "../../client/contract";
import type { HostAct } from "../../client/in-charge";
import { type MetFailure, met } from "../parts/failure-notice";

export interface Acting {
  readonly working: boolean;
  readonly failed: MetFailure | null;
  /** Resolves true when it was carried out; a second act meanwhile is not begun. */
  readonly act: (act: HostAct) => Promise<boolean>;
}

export function useAct(session: MeetingSession): Acting {
  const [working, setWorking] = useState(false);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const act = async (wanted: HostAct) => {
    if (working) return false;
    setWorking(true);
    setFailed(null);
    try {
      await session.moderate(wanted);
      return true;
    } catch (thrown) {
      setFailed(met(thrown));
      return false;
    } finally {
      setWorking(false);
    }
  };
  return { working, failed, act };
}
