// One time of a series is called off: the one that comes next.
import type { HostApi, HostMeeting } from "../../client/host-contract";
import { met } from "../parts/failure-notice";
import { draftOf, typedOf } from "./schedule-draft";
import { wallTime } from "./zone-time";

/** Whether only the next time can be called off: of a series, before it opens. */
export function hasNext(meeting: HostMeeting): boolean {
  return Boolean(meeting.schedule?.recurrence) && meeting.state === "not-open" && meeting.nextStartsAt > 0;
}

/** Calls off the occurrence that begins then. What somebody else changed meanwhile stays. */
export async function callOffOnce(api: HostApi, meeting: HostMeeting, startsAt: number): Promise<void> {
  try {
    await without(api, meeting, startsAt);
  } catch (thrown) {
    if (met(thrown).failure.code !== "CONFLICT") throw thrown;
    const newest = (await api.listMeetings("own")).meetings.find(({ id }) => id === meeting.id);
    // It was moved, or called off by somebody else: then there is nothing to do.
    if (newest?.nextStartsAt === startsAt) await without(api, newest, startsAt);
  }
}

async function without(api: HostApi, meeting: HostMeeting, startsAt: number): Promise<void> {
  const zone = meeting.schedule?.timeZone ?? "";
  const typed = typedOf(meeting, zone, Date.now());
  const calledOff = [...typed.calledOff, wallTime(startsAt, zone).date].sort();
  await api.updateMeeting(meeting, draftOf({ ...typed, calledOff }, zone));
}
