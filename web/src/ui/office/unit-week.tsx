// A unit's people in one week: each day's time and lateness in words, and sums.
import type { OfficeApi, OfficeDay, OfficePersonWeek, UnitWeek } from "../../client/office-api";
import { Loaded, useLoading } from "../parts/loaded";
import { briefly, dayName, timeIn } from "./times";
import { UnitPeople } from "./unit-people";
import { Cell, WideTable } from "./wide-table";
import { officeWords } from "./words";

export interface UnitWeekProps {
  readonly api: OfficeApi;
  readonly date: string;
  readonly unitId: string;
  readonly search: string;
}

export function UnitWeekView({ api, date, unitId, search }: UnitWeekProps) {
  const o = officeWords.value;
  const loading = useLoading(() => api.unitWeek(date, unitId), [api, date, unitId]);
  return (
    <Loaded of={loading} waiting={o.loading}>
      {(shown) => <Week shown={shown} search={search} />}
    </Loaded>
  );
}

function Week({ shown, search }: { readonly shown: UnitWeek; readonly search: string }) {
  const o = officeWords.value;
  const first = shown.dates[0];
  const last = shown.dates.at(-1);
  return (
    <>
      <h2>{first && last && o.weekOf(dayName(first.date), dayName(last.date))}</h2>
      <UnitPeople people={shown.people} search={search}>
        {(found) => <WeekTable people={found} shown={shown} />}
      </UnitPeople>
      {shown.people.some((one) => one.days.some((day) => day.notClosed)) && <p class="quiet">{o.notClosedText}</p>}
    </>
  );
}

interface WeekTableProps {
  readonly people: readonly OfficePersonWeek[];
  readonly shown: UnitWeek;
}

function WeekTable({ people, shown }: WeekTableProps) {
  const o = officeWords.value;
  return (
    <WideTable label={o.byWeek}>
      <table class="attendance-table as-cards office-days-of-week">
        <thead>
          <tr>
            <th scope="col" class="who">
              {o.name}
            </th>
            {shown.dates.map((date) => (
              <th key={date.date} scope="col">
                {dayName(date.date, true)}
                {date.from === date.to && <span class="quiet attendance-reason">{date.holiday || o.freeDay}</span>}
              </th>
            ))}
            <th scope="col" class="sums">
              {o.daysPresent}
            </th>
            <th scope="col" class="sums">
              {o.inside}
            </th>
            <th scope="col">{o.meetings}</th>
          </tr>
        </thead>
        <tbody>
          {people.map((one) => (
            <tr key={one.id}>
              <th scope="row" class="who">
                {one.name}
                {one.nip && <span class="quiet attendance-reason office-nip">{one.nip}</span>}
              </th>
              {one.days.map((day, number) => (
                <DayCell
                  key={shown.dates[number]?.date}
                  label={dayName(shown.dates[number]?.date ?? "", true)}
                  day={day}
                  timeZone={shown.timeZone}
                />
              ))}
              <td data-label={o.daysPresent}>
                {o.daysCount(one.daysPresent)}
                {one.daysLate > 0 && (
                  <span class="office-late attendance-reason">
                    {o.lateBy(o.lateDays(one.daysLate, briefly(one.late)))}
                  </span>
                )}
              </td>
              <td data-label={o.inside}>
                <span class="spent">{briefly(one.inside)}</span>
                {one.outside >= 60 && <span class="quiet attendance-reason">{o.besides(briefly(one.outside))}</span>}
              </td>
              <Cell label={o.meetings}>{one.meetings > 0 && o.meetingsCount(one.meetings)}</Cell>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

interface DayCellProps {
  readonly label: string;
  readonly day: OfficeDay;
  readonly timeZone: string;
}

function DayCell({ label, day, timeZone }: DayCellProps) {
  const o = officeWords.value;
  if (!day.first) return <td class="nothing">–</td>;
  return (
    <td data-label={label}>
      <span class="spent">{briefly(day.present)}</span>
      <span class="quiet attendance-reason">{timeIn(day.first, timeZone)}</span>
      {day.late > 0 && <span class="office-late attendance-reason">{o.lateBy(briefly(day.late))}</span>}
      {day.notClosed && <span class="quiet attendance-reason">{o.notClosed}</span>}
    </td>
  );
}
