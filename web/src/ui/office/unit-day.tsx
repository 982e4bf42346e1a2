// A unit's people now, and on one day. Each view is of one unit (and one day): for another it is made anew.
import { useEffect } from "preact/hooks";
import type { OfficeApi, OfficePersonDay, OfficeStatus, UnitDay } from "../../client/office-api";
import { Loaded, useLoading } from "../parts/loaded";
import { Notice } from "../parts/notice";
import { useLasting } from "../parts/time";
import { useEvery } from "./every";
import { atNight, dayName, lasting, timeIn, timeOn } from "./times";
import { UnitPeople } from "./unit-people";
import { Cell, WideTable } from "./wide-table";
import { officeWords } from "./words";

const AGAIN_MS = 15_000;
/** An answer that takes so long is missed: what is shown is old, whether or not one comes in the end. */
const LATE_MS = 10_000;
const ORDER: readonly OfficeStatus[] = ["present", "in-meeting", "break", "after-meeting", "done", "none"];

const workOf = (person: OfficePersonDay) => person.day.note;

export interface UnitDayProps {
  readonly api: OfficeApi;
  readonly unitId: string;
  readonly search: string;
}

export interface UnitNowProps extends UnitDayProps {
  /** The date of each answer: over midnight it is another. */
  readonly onToday: (date: string) => void;
}

export function UnitNowView({ api, unitId, search, onToday }: UnitNowProps) {
  const o = officeWords.value;
  const loading = useLoading(() => api.unitDay("", unitId), [api, unitId]);
  useEvery(AGAIN_MS, loading.look);
  const late = useLasting(loading.working, LATE_MS);
  const shown = loading.value;
  const today = shown?.date.date;
  useEffect(() => {
    if (today) onToday(today);
  }, [today]);
  if (shown && (loading.failed || late)) {
    // What is known is shown on, and says how old it is.
    return (
      <>
        <Notice kind="warning">
          <p>{o.stale(timeIn(shown.asOf, shown.timeZone))}</p>
        </Notice>
        <Now shown={shown} search={search} />
      </>
    );
  }
  return (
    <Loaded of={loading} waiting={o.loading}>
      {(told) => (
        <>
          <p class="quiet">{o.asOf(`${timeIn(told.asOf, told.timeZone)} ${told.zone}`)}</p>
          <Now shown={told} search={search} />
        </>
      )}
    </Loaded>
  );
}

function Now({ shown, search }: { readonly shown: UnitDay; readonly search: string }) {
  const o = officeWords.value;
  const counts = ORDER.map(
    (status) => [status, shown.people.filter((one) => one.day.status === status).length] as const,
  );
  const names = new Map(shown.units.map((unit) => [unit.id, unit.name]));
  return (
    <>
      {shown.people.length > 0 && (
        <ul class="office-counts">
          {counts
            .filter(([, count]) => count > 0)
            .map(([status, count]) => (
              <li key={status} class={`pill office-pill ${status}`}>
                {o.count(o.statuses[status], count)}
              </li>
            ))}
        </ul>
      )}
      <UnitPeople people={shown.people} workOf={workOf} search={search}>
        {(people) => (
          <ul class="office-people">
            {people.map((one) => (
              <li key={one.id} class="office-person">
                <div class="office-name">
                  <strong>{one.name}</strong>
                  {names.get(one.unitId) && <span class="quiet">{names.get(one.unitId)}</span>}
                </div>
                <StatusWords of={one} shown={shown} />
              </li>
            ))}
          </ul>
        )}
      </UnitPeople>
    </>
  );
}

function StatusWords({ of, shown }: { readonly of: OfficePersonDay; readonly shown: UnitDay }) {
  const o = officeWords.value;
  const { day } = of;
  const meeting = day.meetings.find((one) => one.last === 0);
  return (
    <div class="office-how">
      <p class="row">
        <span class={`pill office-pill ${day.status}`}>{o.statuses[day.status]}</span>
        {day.since > 0 && <span class="meter-text">{o.since(timeIn(day.since, shown.timeZone))}</span>}
        {day.late > 0 && <span class="office-late">{o.lateBy(lasting(day.late))}</span>}
        {atNight(shown) && of.openSince > 0 && (
          <span class="meter-text">{o.openSince(timeIn(of.openSince, shown.timeZone))}</span>
        )}
      </p>
      {meeting && <p>{meeting.title ? o.inMeeting(meeting.title) : o.otherMeeting}</p>}
      {day.note && <p>{day.note}</p>}
    </div>
  );
}

export function UnitDayView({ api, date, unitId, search }: UnitDayProps & { readonly date: string }) {
  const o = officeWords.value;
  const loading = useLoading(() => api.unitDay(date, unitId), [api, date, unitId]);
  return (
    <Loaded of={loading} waiting={o.loading}>
      {(shown) => (
        <>
          <h2>{dayName(shown.date.date)}</h2>
          <p class="quiet">
            {shown.date.from < shown.date.to
              ? o.hours(timeIn(shown.date.from, shown.timeZone), timeIn(shown.date.to, shown.timeZone), shown.zone)
              : shown.date.holiday
                ? o.holiday(shown.date.holiday)
                : o.freeDay}
          </p>
          <UnitPeople people={shown.people} workOf={workOf} search={search}>
            {(people) => <DayTable people={people} shown={shown} />}
          </UnitPeople>
          {shown.people.some((one) => one.day.notClosed) && <p class="quiet">{o.notClosedText}</p>}
        </>
      )}
    </Loaded>
  );
}

function DayTable({ people, shown }: { readonly people: readonly OfficePersonDay[]; readonly shown: UnitDay }) {
  const o = officeWords.value;
  const time = (at: number) => timeIn(at, shown.timeZone);
  const over = shown.asOf >= shown.date.end;
  return (
    <WideTable label={o.byDay}>
      <table class="attendance-table as-cards">
        <thead>
          <tr>
            <th scope="col" class="who">
              {o.name}
            </th>
            <th scope="col">{o.status}</th>
            <th scope="col">{o.first}</th>
            <th scope="col">{o.late}</th>
            <th scope="col">{o.last}</th>
            <th scope="col">{o.inside}</th>
            <th scope="col">{o.outside}</th>
            <th scope="col">{o.breaks}</th>
            <th scope="col">{o.meetings}</th>
          </tr>
        </thead>
        <tbody>
          {people.map(({ day, ...person }) => (
            <tr key={person.id}>
              <th scope="row" class="who">
                {person.name}
                {person.nip && <span class="quiet attendance-reason office-nip">{person.nip}</span>}
              </th>
              <Cell label={o.status}>{over && day.status === "none" ? o.noRecord : o.statuses[day.status]}</Cell>
              <Cell label={o.first}>{day.first > 0 && time(day.first)}</Cell>
              <Cell label={o.late}>{day.late > 0 && o.lateBy(lasting(day.late))}</Cell>
              <Cell label={o.last}>
                {day.notClosed ? o.notClosed : day.done > 0 && timeOn(day.done, shown.date, shown.timeZone)}
              </Cell>
              <Cell label={o.inside}>{day.first > 0 && lasting(day.inside)}</Cell>
              <Cell label={o.outside}>{day.outside > 0 && lasting(day.outside)}</Cell>
              <Cell label={o.breaks}>{day.breaks > 0 && o.breaksCount(day.breaks, lasting(day.breakTime))}</Cell>
              <Cell label={o.meetings}>{day.meetings.length > 0 && o.meetingsCount(day.meetings.length)}</Cell>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}
