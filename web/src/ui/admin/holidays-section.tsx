// Days on which nobody is expected: one by one, or many as pasted lines.
import { useState } from "preact/hooks";
import type { Holiday } from "../../client/admin-api";
import { wholeDay } from "../i18n/format";
import { Field, TextField } from "../parts/field";
import { FormNotice } from "../parts/form-notice";
import { CROSS, Icon } from "../parts/icon";
import { Notice } from "../parts/notice";
import { holidaysOf, isDay, MOST_HOLIDAYS, merged } from "./holidays";
import { letters } from "./lengths";
import { PartForm, type PartProps, useTenantPart, type Wrong } from "./tenant-part";
import { adminWords } from "./words";

export function HolidaysSection(props: PartProps) {
  const w = adminWords.value;
  const h = w.holidays;
  const [date, setDate] = useState("");
  const [name, setName] = useState("");
  const [lines, setLines] = useState("");
  const [wrong, setWrong] = useState<Wrong>({});
  const [pasted, setPasted] = useState(0);
  const part = useTenantPart({
    ...props,
    read: ({ officeHours }) => ({ holidays: merged([], officeHours.holidays) }),
    write: (draft, tenant) => ({ officeHours: { ...tenant.officeHours, holidays: draft.holidays } }),
    check: (draft): Wrong => (draft.holidays.length > MOST_HOLIDAYS ? { list: h.wrong.many } : {}),
    refused: (field, draft) => {
      const at = draft.holidays[Number(/holidays\[([0-9]+)\]/.exec(field)?.[1])];
      return at ? ["list", `${at.date} ${at.name}: ${field.endsWith("date") ? h.wrong.date : h.wrong.name}`] : null;
    },
  });
  const { holidays } = part.draft;
  const put = (more: readonly Holiday[]) => part.change({ holidays: merged(holidays, more) });
  const addOne = () => {
    const found = {
      ...(isDay(date) ? {} : { date: h.wrong.date }),
      ...(letters(name) > 0 && letters(name) <= 120 ? {} : { name: h.wrong.name }),
    };
    setWrong(found);
    setPasted(0);
    if (Object.keys(found).length > 0) return;
    put([{ date, name: name.trim() }]);
    setDate("");
    setName("");
  };
  const addLines = () => {
    const read = holidaysOf(lines);
    setPasted(0);
    setWrong(read.wrong ? { lines: h.wrong.line(read.wrong.number, read.wrong.text) } : {});
    if (read.wrong || read.holidays.length === 0) return;
    put(read.holidays);
    setPasted(read.holidays.length);
    setLines("");
  };
  const years = [...new Set(holidays.map((one) => one.date.slice(0, 4)))];
  return (
    <PartForm of={part}>
      <p class="quiet">{h.intro}</p>
      {holidays.length === 0 && <p>{h.empty}</p>}
      {years.map((year) => {
        const days = holidays.filter((one) => one.date.startsWith(year));
        return (
          <section key={year} class="stack holiday-year">
            <h3>{h.year(year, days.length)}</h3>
            <ul class="holidays">
              {days.map((one) => (
                <li key={one.date}>
                  <span class="holiday-date">{wholeDay(one.date)}</span>
                  <span class="holiday-name">{one.name}</span>
                  <button
                    type="button"
                    class="button plain icon-only"
                    aria-label={w.removeNamed(`${wholeDay(one.date)} ${one.name}`)}
                    title={w.remove}
                    onClick={() => part.change({ holidays: holidays.filter((other) => other !== one) })}
                  >
                    <Icon of={CROSS} small />
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      {part.wrong.list && (
        <FormNotice kind="error" of={part.wrong}>
          <p>{part.wrong.list}</p>
        </FormNotice>
      )}
      <div class="holiday-new">
        <Field label={h.date} wrong={wrong.date}>
          {(attributes) => (
            <input
              type="date"
              {...attributes}
              value={date}
              onInput={(event) => {
                setDate(event.currentTarget.value);
                setWrong({});
              }}
            />
          )}
        </Field>
        <TextField
          label={h.name}
          autocomplete="off"
          value={name}
          wrong={wrong.name}
          onText={(text) => {
            setName(text);
            setWrong({});
          }}
        />
        <button type="button" class="button" onClick={addOne}>
          {h.add}
        </button>
      </div>
      <details class="holiday-paste">
        <summary>{h.paste}</summary>
        <div class="stack">
          <Field label={h.paste} hint={h.pasteHint} wrong={wrong.lines}>
            {(attributes) => (
              <textarea
                {...attributes}
                rows={6}
                value={lines}
                onInput={(event) => {
                  setLines(event.currentTarget.value);
                  setWrong({});
                }}
              />
            )}
          </Field>
          <button type="button" class="button" onClick={addLines}>
            {h.pasteAdd}
          </button>
        </div>
      </details>
      {pasted > 0 && (
        <Notice kind="good">
          <p>{h.pasted(pasted)}</p>
        </Notice>
      )}
    </PartForm>
  );
}
