// The presence of a unit's people: now, by day and by week.
import { useState } from "preact/hooks";
import type { OfficeApi, OfficeUnit } from "../../client/office-api";
import { Field, TextField } from "../parts/field";
import { useLoading } from "../parts/loaded";
import { Downloads } from "./downloads";
import { StepButton } from "./step-button";
import { dayName, daysLater } from "./times";
import { UnitDayView, UnitNowView } from "./unit-day";
import { UnitWeekView } from "./unit-week";
import { officeWords } from "./words";

const SPANS = ["now", "day", "week"] as const;
type Span = (typeof SPANS)[number];

export function UnitView({ api }: { readonly api: OfficeApi }) {
  const o = officeWords.value;
  const [span, setSpan] = useState<Span>("now");
  const [date, setDate] = useState("");
  const [unitId, setUnitId] = useState("");
  const [search, setSearch] = useState("");
  /** As the latest answer says. */
  const [today, setToday] = useState("");
  const units = useLoading(async () => {
    const loaded = await api.unitDay("", "");
    setToday((known) => known || loaded.date.date);
    return loaded.units;
  }, [api]);
  const names = { now: o.now, day: o.byDay, week: o.byWeek };
  const current = date || today;
  const step = (days: number) => current && setDate(daysLater(current, days));
  const size = span === "week" ? 7 : 1;
  const chosen = units.value?.find((unit) => unit.id === unitId)?.name ?? o.all;
  const shown = { api, unitId, search };
  return (
    <>
      <div class="office-controls">
        <fieldset class="office-spans">
          <legend class="unseen">{o.views}</legend>
          {SPANS.map((one) => (
            <button
              key={one}
              type="button"
              class="button office-span"
              aria-pressed={one === span}
              onClick={() => {
                setSpan(one);
                // A day or week that is shown stays that one over midnight, in its file too.
                setDate(one === "now" ? "" : current);
              }}
            >
              {names[one]}
            </button>
          ))}
        </fieldset>
        {span !== "now" && (
          <div class="office-step">
            <StepButton back label={span === "week" ? o.earlierWeek : o.earlierDay} onPress={() => step(-size)} />
            <Field label={o.date}>
              {(attributes) => (
                <input
                  type="date"
                  {...attributes}
                  value={current}
                  min="2020-01-01"
                  max="2099-12-31"
                  onChange={(event) => event.currentTarget.value && setDate(event.currentTarget.value)}
                />
              )}
            </Field>
            <StepButton label={span === "week" ? o.laterWeek : o.laterDay} onPress={() => step(size)} />
          </div>
        )}
        <Field label={o.whichUnit}>
          {(attributes) => (
            <select {...attributes} value={unitId} onChange={(event) => setUnitId(event.currentTarget.value)}>
              <option value="">{o.all}</option>
              {units.value?.map((unit) => (
                <option key={unit.id} value={unit.id}>
                  {`${"\u2003".repeat(depthOf(unit, units.value ?? []))}${unit.name}`}
                </option>
              ))}
            </select>
          )}
        </Field>
        <TextField label={o.search} value={search} inputmode="search" onText={setSearch} />
      </div>
      <Downloads api={api} span={span === "week" ? "week" : "day"} date={date} unitId={unitId}>
        <button type="button" class="button" onClick={() => print()}>
          {o.print}
        </button>
      </Downloads>
      <p class="on-paper">{o.title(current && span === "now" ? `${chosen}, ${dayName(current)}` : chosen)}</p>
      {/* By its key each unit and date begins empty: nobody stands under the name of a unit that is not theirs. */}
      {span === "now" && <UnitNowView key={unitId} {...shown} onToday={setToday} />}
      {span === "day" && <UnitDayView key={`${unitId} ${date}`} {...shown} date={date} />}
      {span === "week" && <UnitWeekView key={`${unitId} ${date}`} {...shown} date={date} />}
      <p class="quiet">{o.noted}</p>
    </>
  );
}

/** How far below the top a unit stands. Parents come before their children, so this ends. */
function depthOf(unit: OfficeUnit, units: readonly OfficeUnit[]): number {
  const parent = unit.parentId && units.find((one) => one.id === unit.parentId);
  return parent ? 1 + depthOf(parent, units.slice(0, units.indexOf(unit))) : 0;
}
