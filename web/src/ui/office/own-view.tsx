// One's own day: three things to say, what was recorded today, and the week.
import { useState } from "preact/hooks";
import type { Account } from "../../client/host-contract";
import type { OfficeApi, OwnDay } from "../../client/office-api";
import { Loaded, useLoading } from "../parts/loaded";
import { DayLine, DayRecords } from "./day-records";
import { Declare } from "./declare";
import { OWN_AGAIN_MS, useEvery } from "./every";
import { OpenDay } from "./open-day";
import { OwnWeekTable } from "./own-week";
import { atNight, dayName, timeIn } from "./times";
import { officeWords } from "./words";

export interface OwnViewProps {
  readonly api: OfficeApi;
  readonly account: Account;
}

export function OwnView({ api, account }: OwnViewProps) {
  const o = officeWords.value;
  const loading = useLoading(() => api.ownDay(), [api]);
  /** The week is loaded again after each change of today. */
  const [changes, setChanges] = useState(0);
  useEvery(OWN_AGAIN_MS, loading.look);
  const openDay = (own: OwnDay) => (
    <OpenDay
      api={api}
      own={own}
      onEnded={() => {
        loading.replace({ ...own, open: null });
        setChanges(changes + 1);
      }}
      onNewer={loading.replace}
    />
  );
  return (
    <>
      <Loaded of={loading} waiting={o.loading}>
        {(own) => (
          <>
            {atNight(own) && openDay(own)}
            <Today own={own} />
            <Declare
              api={api}
              account={account}
              own={own}
              onSaid={(said) => {
                loading.replace({ ...own, ...said, asOf: Date.now() });
                setChanges(changes + 1);
              }}
              onNewer={loading.replace}
            />
            {!atNight(own) && openDay(own)}
            <section class="card office-today">
              <h2>{o.today}</h2>
              <DayLine day={own.day} clock={own} />
              <DayRecords date={own.date} day={own.day} timeZone={own.timeZone} />
            </section>
          </>
        )}
      </Loaded>
      <OwnWeekTable api={api} changes={changes} />
    </>
  );
}

function Today({ own }: { readonly own: OwnDay }) {
  const o = officeWords.value;
  const { date, day } = own;
  const hours =
    date.from < date.to
      ? o.hours(timeIn(date.from, own.timeZone), timeIn(date.to, own.timeZone), own.zone)
      : date.holiday
        ? o.holiday(date.holiday)
        : o.freeDay;
  return (
    <div>
      <h2>{dayName(date.date)}</h2>
      <p class="quiet">{hours}</p>
      <p class={`office-status ${day.status}`} role="status">
        {o.sentences[day.status](timeIn(day.since, own.timeZone))}
      </p>
    </div>
  );
}
