// One time of a series is called off: the one that comes next.
import type { HostApi, HostMeeting } from "../../client/host-contract";
import { met } from "../parts/failure-notice";
import { draftOf, typedOf } from "./schedule-draft";
import { wallTime } from "./zone-time";

/** Whether only the next time can be called off: of a series, before it opens. */
export function hasNext(meeting: HostMeeting): boolean {
  return Boolean(meeting.schedule?.recurrence) && meeting.state === "not-open" && meeting.nextStartsAt > 0;
}

/**
 * Calls off the occurrence that begins then. What somebody else changed meanwhile stays; where they moved the meeting, nothing is
 * called off. Rejects with a FailureError.
 */
export async function callOffOnce(api: HostApi, meeting: HostMeeting, startsAt: number): Promise<void> {
  try {
    await without(api, meeting, startsAt);
  } catch (thrown) {
    if (met(thrown).failure.code !== "CONFLICT") throw thrown;
    const newest = (await api.listMeetings("own")).meetings.find(({ id }) => id === meeting.id);
    if (!newest || isOff(newest, startsAt)) return;
    if (newest.nextStartsAt !== startsAt) throw thrown;
    await without(api, newest, startsAt);
  }
}

async function without(api: HostApi, meeting: HostMeeting, startsAt: number): Promise<void> {
  const zone = zoneOf(meeting);
  const typed = typedOf(meeting, zone, Date.now());
  const calledOff = [...typed.calledOff, wallTime(startsAt, zone).date].sort();
  await api.updateMeeting(meeting, draftOf({ ...typed, calledOff }, zone));
}

function isOff(meeting: HostMeeting, startsAt: number): boolean {
  return meeting.schedule?.recurrence?.calledOff.includes(wallTime(startsAt, zoneOf(meeting)).date) ?? false;
}

function zoneOf(meeting: HostMeeting): string {
  return meeting.schedule?.timeZone ?? "UTC";
}
