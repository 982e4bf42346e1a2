// What is recorded on one's days at the office, day by day: facts, what one said, and the meetings that count as presence.
import type { OwnOfficeDay, OwnRecord } from "../../client/own-data-api";
import { dayIn } from "../i18n/format";
import { DayRecords } from "../office/day-records";
import { dayName, lasting, timeIn, timeOn } from "../office/times";
import { officeWords } from "../office/words";
import { Fact } from "../parts/fact";
import { ownWords } from "./words";

const DAY_MS = 86_400_000;

export function OfficeDays({ items, record }: { readonly items: readonly OwnOfficeDay[]; readonly record: OwnRecord }) {
  const o = officeWords.value;
  const m = ownWords.value.meetings;
  const { timeZone } = record;
  return (
    <ul class="records">
      {items.map(({ date, day }) => (
        <li key={date.date}>
          <h3>{dayName(date.date)}</h3>
          <dl class="facts">
            {day.first > 0 && <Fact name={o.first} value={timeIn(day.first, timeZone)} />}
            {day.notClosed ? (
              <Fact name={o.last} value={o.notClosed} />
            ) : (
              day.done > 0 && <Fact name={o.last} value={timeOn(day.done, date, timeZone)} />
            )}
            <Fact name={o.present} value={lasting(day.present)} />
            {day.outside > 0 && <Fact name={o.outside} value={lasting(day.outside)} />}
            {day.late > 0 && <Fact name={o.late} value={lasting(day.late)} />}
            {day.breaks > 0 && <Fact name={o.breaks} value={o.breaksCount(day.breaks, lasting(day.breakTime))} />}
            <Fact name={m.keptUntil} value={dayIn(date.start + record.keptDays * DAY_MS, timeZone)} />
          </dl>
          <DayRecords date={date} day={day} timeZone={timeZone} />
        </li>
      ))}
    </ul>
  );
}
