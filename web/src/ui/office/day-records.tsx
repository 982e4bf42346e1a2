// One person's day as facts: how long, and what was recorded when.
import type { DatedDay, OfficeClock, OfficeDay } from "../../client/office-api";
import { lasting, timeIn, timeOn } from "./times";
import { officeWords } from "./words";

export interface DayProps {
  readonly day: OfficeDay;
  readonly clock: OfficeClock;
}

export function DayLine({ day, clock }: DayProps) {
  const o = officeWords.value;
  if (!day.first) return null;
  const facts: readonly (readonly [string, string])[] = [
    [o.first, timeIn(day.first, clock.timeZone)],
    [o.late, day.late > 0 ? lasting(day.late) : o.notLate],
    [o.present, lasting(day.present)],
    [o.inside, lasting(day.inside)],
    [o.outside, lasting(day.outside)],
    [o.breaks, day.breaks > 0 ? o.breaksCount(day.breaks, lasting(day.breakTime)) : "–"],
  ];
  return (
    <dl class="attendance-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface Entry {
  readonly at: number;
  readonly time: string;
  readonly text: string;
}

export interface DayRecordsProps extends DatedDay {
  readonly timeZone: string;
}

export function DayRecords({ date, day, timeZone }: DayRecordsProps) {
  const o = officeWords.value;
  const time = (at: number) => timeIn(at, timeZone);
  const entries: readonly Entry[] = [
    ...day.declarations.map((one) => ({
      at: one.at,
      time: timeOn(one.at, date, timeZone),
      text: one.note ? `${o.say[one.state]}: ${one.note}` : o.say[one.state],
    })),
    ...day.meetings.map((one) => ({
      at: one.first,
      time: one.last ? o.until(time(one.first), time(one.last)) : o.ongoing(time(one.first)),
      text: one.title ? o.inMeeting(one.title) : o.otherMeeting,
    })),
  ].sort((one, other) => one.at - other.at);
  if (entries.length === 0) return <p class="quiet">{o.nothing}</p>;
  return (
    <ol class="office-records">
      {entries.map((one, number) => (
        <li key={`${one.at} ${number}`}>
          <span class="meter-text office-time">{one.time}</span> <span>{one.text}</span>
        </li>
      ))}
    </ol>
  );
}
