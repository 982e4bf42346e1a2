// Days on which nobody is expected: one by one, or many as pasted lines.
import { useEffect, useRef, useState } from "preact/hooks";
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
  const day = useRef<HTMLInputElement>(null);
  const paste = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    // Nobody finds what is wrong in a part that is closed.
    if (wrong.lines && paste.current) paste.current.open = true;
    day.current?.closest("form")?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [wrong]);
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
  const oneTyped = date !== "" || name.trim() !== "";
  const linesTyped = lines.trim() !== "";
  /** The list with what stands in the fields, which are empty then; null: something is wrong in them, and said there. */
  const taken = (one: boolean, many: boolean): readonly Holiday[] | null => {
    const read = holidaysOf(many ? lines : "");
    const found = {
      ...(one && !isDay(date) ? { date: h.wrong.date } : {}),
      ...(one && (letters(name) === 0 || letters(name) > 120) ? { name: h.wrong.name } : {}),
      ...(read.wrong ? { lines: h.wrong.line(read.wrong.number, read.wrong.text) } : {}),
    };
    setWrong(found);
    setPasted(0);
    if (Object.keys(found).length > 0) return null;
    if (one) {
      setDate("");
      setName("");
    }
    if (many) setLines("");
    return merged(holidays, [...read.holidays, ...(one ? [{ date, name: name.trim() }] : [])]);
  };
  const addOne = () => {
    const more = taken(true, false);
    if (more) part.change({ holidays: more });
  };
  const addLines = () => {
    const count = holidaysOf(lines).holidays.length;
    const more = taken(false, true);
    if (!more || count === 0) return;
    part.change({ holidays: more });
    setPasted(count);
  };
  /** Whoever typed a holiday and saves means that one too. */
  const withTyped = (save: typeof part.save) => {
    if (part.state === "saving") return;
    // A date of which only a part was typed has no value, but is not nothing.
    const more = taken(oneTyped || day.current?.validity.badInput === true, linesTyped);
    if (more) save({ holidays: more });
  };
  const whole = {
    ...part,
    dirty: part.dirty || oneTyped || linesTyped,
    save: () => withTyped(part.save),
    saveMine: () => withTyped(part.saveMine),
  };
  const years = [...new Set(holidays.map((one) => one.date.slice(0, 4)))];
  return (
    <PartForm of={whole}>
      <p class="quiet">{h.intro}</p>
      <Notice kind="warning">
        <p>{h.past}</p>
      </Notice>
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
              ref={day}
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
      <details ref={paste} class="holiday-paste">
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
