// One's own week, day by day, with sums.
import { useState } from "preact/hooks";
import type { DatedDay, OfficeApi, OwnWeek } from "../../client/office-api";
import { Loaded, useLoading } from "../parts/loaded";
import { OWN_AGAIN_MS, useEvery } from "./every";
import { StepButton } from "./step-button";
import { dayName, daysLater, lasting, timeIn, timeOn } from "./times";
import { Cell, WideTable } from "./wide-table";
import { officeWords } from "./words";

export interface OwnWeekTableProps {
  readonly api: OfficeApi;
  /** How often today was changed. */
  readonly changes: number;
}

export function OwnWeekTable({ api, changes }: OwnWeekTableProps) {
  const o = officeWords.value;
  const [date, setDate] = useState("");
  const loading = useLoading(() => api.ownWeek(date), [api, date, changes]);
  const shown = loading.value;
  const last = shown?.dates.at(-1);
  // Other weeks than this one stand still.
  const running = !shown || (shown.asOf >= (shown.dates[0]?.start ?? 0) && shown.asOf < (last?.end ?? 0));
  useEvery(running ? OWN_AGAIN_MS : 0, loading.look);
  const monday = shown?.dates[0]?.date ?? "";
  return (
    <section class="stack" aria-label={o.ownWeek}>
      <div class="office-step">
        <h2>{o.ownWeek}</h2>
        <StepButton back label={o.earlierWeek} onPress={() => monday && setDate(daysLater(monday, -7))} />
        <StepButton label={o.laterWeek} onPress={() => monday && setDate(daysLater(monday, 7))} />
      </div>
      <Loaded of={loading} waiting={o.loading}>
        {(own) => <Week own={own} />}
      </Loaded>
    </section>
  );
}

function Week({ own }: { readonly own: OwnWeek }) {
  const o = officeWords.value;
  const { week } = own;
  const first = own.dates[0];
  const last = own.dates.at(-1);
  return (
    <>
      <p class="quiet">{first && last && o.weekOf(dayName(first.date), dayName(last.date))}</p>
      <WideTable label={o.ownWeek}>
        <table class="attendance-table as-cards office-week">
          <thead>
            <tr>
              <th scope="col" class="who">
                {o.day}
              </th>
              <th scope="col">{o.present}</th>
              <th scope="col">{o.late}</th>
              <th scope="col">{o.first}</th>
              <th scope="col">{o.last}</th>
              <th scope="col">{o.outside}</th>
              <th scope="col">{o.meetings}</th>
            </tr>
          </thead>
          <tbody>
            {own.dates.map((date, number) => {
              const day = week.days[number];
              return (
                <tr key={date.date}>
                  <th scope="row" class="who">
                    {dayName(date.date, true)}
                    {date.from === date.to && <span class="quiet attendance-reason">{date.holiday || o.freeDay}</span>}
                  </th>
                  {day && <DayCells date={date} day={day} timeZone={own.timeZone} />}
                </tr>
              );
            })}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" class="who">
                {o.sum}
              </th>
              <td data-label={o.present}>{lasting(week.present)}</td>
              <Cell label={o.late}>{week.daysLate > 0 && o.lateDays(week.daysLate, lasting(week.late))}</Cell>
              <td colSpan={2} data-label={o.daysPresent}>
                {o.daysCount(week.daysPresent)}
              </td>
              <Cell label={o.outside}>{week.outside > 0 && lasting(week.outside)}</Cell>
              <Cell label={o.meetings}>{week.meetings > 0 && o.meetingsCount(week.meetings)}</Cell>
            </tr>
          </tfoot>
        </table>
      </WideTable>
      {week.days.some((day) => day.notClosed) && <p class="quiet">{o.notClosedText}</p>}
    </>
  );
}

function DayCells({ date, day, timeZone }: DatedDay & { readonly timeZone: string }) {
  const o = officeWords.value;
  if (!day.first) return <td colSpan={6}>–</td>;
  return (
    <>
      <Cell label={o.present}>{lasting(day.present)}</Cell>
      <Cell label={o.late}>{day.late > 0 && lasting(day.late)}</Cell>
      <Cell label={o.first}>{timeIn(day.first, timeZone)}</Cell>
      <Cell label={o.last}>{day.notClosed ? o.notClosed : day.done > 0 && timeOn(day.done, date, timeZone)}</Cell>
      <Cell label={o.outside}>{day.outside > 0 && lasting(day.outside)}</Cell>
      <Cell label={o.meetings}>{day.meetings.length > 0 && o.meetingsCount(day.meetings.length)}</Cell>
    </>
  );
}
