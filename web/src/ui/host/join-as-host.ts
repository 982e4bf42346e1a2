// Gabung as the owner: the access token stands for the password.
import { useState } from "preact/hooks";
import type { Account, AccountSession } from "../../client/host-contract";
import { type MetFailure, met } from "../parts/failure-notice";
import { openRoom } from "../room";
import type { Services } from "../services";

export interface JoinAsHost {
  /** The meeting that is being joined, or "". */
  readonly working: string;
  readonly failed: MetFailure | null;
  readonly start: (meetingId: string) => void;
}

export function useJoinAsHost(session: AccountSession, account: Account, services: Services): JoinAsHost {
  const [working, setWorking] = useState("");
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const start = (meetingId: string) => {
    if (working) return;
    setWorking(meetingId);
    setFailed(null);
    const run = async () => {
      const accessToken = await session.accessToken();
      await openRoom(services, { name: account.name, meetingId, password: "", accessToken }, "host");
    };
    run().catch((thrown: unknown) => {
      setFailed(met(thrown));
      setWorking("");
    });
  };
  return { working, failed, start };
}
