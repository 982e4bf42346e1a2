// One time of a series is called off: the one that comes next, or that follows the one which is open.
import type { HostApi, HostMeeting } from "../../client/host-contract";
import { met } from "../parts/failure-notice";
import { followingStart } from "./following";
import { draftOf, typedOf } from "./schedule-draft";
import { wallTime } from "./zone-time";

/** What can be called off by itself. */
export interface Alone {
  readonly meeting: HostMeeting;
  /** 0: nothing comes that could. */
  readonly startsAt: number;
}

export function isSeries(meeting: HostMeeting): boolean {
  return Boolean(meeting.schedule?.recurrence);
}

/** Of a series between two of its times. */
export function nextAlone(meeting: HostMeeting): Alone {
  const waits = isSeries(meeting) && meeting.state === "not-open";
  return { meeting, startsAt: waits ? meeting.nextStartsAt : 0 };
}

/** Of a series that is open: that one stays, and which comes after it only the server knows. Rejects with a FailureError. */
export async function followingAlone(api: HostApi, id: string): Promise<Alone> {
  const days = await api.plannedDays(id);
  const { meeting } = days;
  return meeting.state === "open" ? { meeting, startsAt: followingStart(days) } : nextAlone(meeting);
}

/**
 * Calls off the occurrence that begins then. What somebody else changed meanwhile stays; where they moved the meeting, nothing is
 * called off. Rejects with a FailureError.
 */
export async function callOffOnce(api: HostApi, { meeting, startsAt }: Alone): Promise<void> {
  try {
    await without(api, meeting, startsAt);
  } catch (thrown) {
    if (met(thrown).failure.code !== "CONFLICT") throw thrown;
    const newest = (await api.listMeetings("own")).meetings.find(({ id }) => id === meeting.id);
    if (!newest || isOff(newest, startsAt)) return;
    const now = newest.state === "open" ? await followingAlone(api, newest.id) : nextAlone(newest);
    if (now.startsAt !== startsAt) throw thrown;
    await without(api, now.meeting, startsAt);
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
