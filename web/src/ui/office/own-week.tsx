// One's own week, day by day, with sums.
import { useState } from "preact/hooks";
import type { OfficeApi, OfficeDay, OwnWeek } from "../../client/office-api";
import { Loaded, useLoading } from "../parts/loaded";
import { StepButton } from "./step-button";
import { dayName, daysLater, lasting, timeIn } from "./times";
import { WideTable } from "./wide-table";
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
        <table class="attendance-table office-week">
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
                  {day && <DayCells day={day} timeZone={own.timeZone} />}
                </tr>
              );
            })}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" class="who">
                {o.sum}
              </th>
              <td>{lasting(week.present)}</td>
              <td>{week.daysLate > 0 ? o.lateDays(week.daysLate, lasting(week.late)) : "–"}</td>
              <td colSpan={2}>{o.daysCount(week.daysPresent)}</td>
              <td>{lasting(week.outside)}</td>
              <td>{o.meetingsCount(week.meetings)}</td>
            </tr>
          </tfoot>
        </table>
      </WideTable>
      {week.days.some((day) => day.notClosed) && <p class="quiet">{o.notClosedText}</p>}
    </>
  );
}

function DayCells({ day, timeZone }: { readonly day: OfficeDay; readonly timeZone: string }) {
  const o = officeWords.value;
  if (!day.first) return <td colSpan={6}>–</td>;
  return (
    <>
      <td>{lasting(day.present)}</td>
      <td>{day.late > 0 ? lasting(day.late) : "–"}</td>
      <td>{timeIn(day.first, timeZone)}</td>
      <td>{day.notClosed ? o.notClosed : timeIn(day.done, timeZone)}</td>
      <td>{day.outside > 0 ? lasting(day.outside) : "–"}</td>
      <td>{day.meetings.length > 0 ? o.meetingsCount(day.meetings.length) : "–"}</td>
    </>
  );
}
