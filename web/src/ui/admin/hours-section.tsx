// When people are expected at work: what holds now and what comes, and others from a date on.
import { useEffect, useRef, useState } from "preact/hooks";
import { wallTime } from "../host/zone-time";
import { wholeDay } from "../i18n/format";
import { Field, TextField } from "../parts/field";
import { Notice } from "../parts/notice";
import { displacedBy, draftOf, type HoursDraft, heldAfter, hoursWith, isRight, newDraft, wrongIn } from "./hours-draft";
import { HoursList, spanText } from "./hours-list";
import { DropTyped, RemoveHours, SureHours } from "./hours-questions";
import { differing, type Held, heldSpans, over } from "./office-changes";
import { weekText } from "./office-week";
import { PartForm, type PartProps, useTenantPart } from "./tenant-part";
import { WeekFields } from "./week-fields";
import { adminWords } from "./words";

export function HoursSection(props: PartProps) {
  const w = adminWords.value.hours;
  const today = wallTime(Date.now(), props.tenant.timeZone).date;
  // The form does not change by itself at midnight.
  const [opened] = useState(today);
  const [sure, setSure] = useState(false);
  const [removing, setRemoving] = useState<Held | null>(null);
  const [next, setNext] = useState<{ readonly from: string | null } | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const top = useRef<HTMLHeadingElement>(null);
  const part = useTenantPart<HoursDraft>({
    ...props,
    oneThing: true,
    read: ({ officeHours }) => newDraft(officeHours, opened),
    write: (draft, tenant) => ({ officeHours: hoursWith(tenant.officeHours, draft) }),
    check: wrongIn,
    refused: (field, draft) => {
      if (field.includes("tolerance")) return ["tolerance", w.wrong.tolerance];
      const day = draft.days.filter((one) => one.on)[Number(/days\[([0-9]+)\]/.exec(field)?.[1])];
      if (day) return [String(day.weekday), w.wrong.day];
      if (field.endsWith("from_date")) return ["from", w.wrong.from];
      return field.includes("changes") ? ["from", w.wrong.many] : null;
    },
  });
  const { draft, wrong } = part;
  const hours = part.base.officeHours;
  const dirty = JSON.stringify(draft) !== JSON.stringify(draftOf(hours, draft.editing, opened));
  const edited = heldSpans(hours).find((one) => one.from === draft.editing);
  const dated = draft.editing !== "";
  const right = isRight(draft);
  const recounted = right ? over(differing(hours, hoursWith(hours, draft)), today).map(spanText) : [];
  const displaced = right ? displacedBy(hours, draft).map((one) => wholeDay(one.from, false)) : [];
  const after = heldAfter(hours, draft);
  const told = [
    ...(recounted.length > 0 ? [w.recounted(recounted.join(", "))] : []),
    ...(displaced.length > 0 ? [w.displaced(displaced.join(", "))] : []),
  ];
  // Whoever chose what to edit is taken to it, and whoever removed something to what holds now.
  const [taken, setTaken] = useState<{ readonly to: typeof title } | null>(null);
  useEffect(() => {
    taken?.to.current?.focus();
    taken?.to.current?.scrollIntoView({ block: "nearest" });
  }, [taken]);
  const take = (from: string | null) => {
    part.change(draftOf(hours, from, opened));
    setTaken({ to: title });
  };
  const choose = (from: string | null) => (dirty ? setNext({ from }) : take(from));
  return (
    <>
      <p class="quiet">{w.intro}</p>
      <HoursList hours={hours} today={today} top={top} onEdit={(held) => choose(held.from)} onRemove={setRemoving} />
      <PartForm
        of={{ ...part, dirty }}
        onSave={() => (told.length > 0 && part.state !== "saving" && part.ready() ? setSure(true) : part.save())}
      >
        <div class="hours-title">
          <h3 ref={title} tabIndex={-1}>
            {edited ? w.editTitle(spanText(edited)) : w.newTitle}
          </h3>
          {edited && (
            <button type="button" class="button plain" onClick={() => choose(null)}>
              {w.keep}
            </button>
          )}
        </div>
        {dated && (
          <>
            <Field label={w.first} hint={w.firstHint} wrong={wrong.from} class="hours-date">
              {(attributes) => (
                <input
                  type="date"
                  {...attributes}
                  value={draft.from}
                  onInput={(event) => part.change({ from: event.currentTarget.value })}
                />
              )}
            </Field>
            <label class="choice">
              <input
                type="checkbox"
                checked={draft.ends}
                onChange={(event) => part.change({ ends: event.currentTarget.checked })}
              />
              <span>{w.ends}</span>
            </label>
            {draft.ends && (
              <Field label={w.last} hint={w.lastHint} wrong={wrong.until} class="hours-date">
                {(attributes) => (
                  <input
                    type="date"
                    {...attributes}
                    value={draft.until}
                    onInput={(event) => part.change({ until: event.currentTarget.value })}
                  />
                )}
              </Field>
            )}
          </>
        )}
        <WeekFields days={draft.days} wrong={wrong} onDays={(days) => part.change({ days })} />
        <TextField
          label={w.tolerance}
          hint={w.toleranceHint}
          inputmode="numeric"
          autocomplete="off"
          fieldClass="short"
          value={draft.tolerance}
          wrong={wrong.tolerance}
          onText={(tolerance) => part.change({ tolerance: tolerance.trim() })}
        />
        {dirty && after && <p>{w.after(wholeDay(after.from, false), weekText(after))}</p>}
        {dirty &&
          told.map((sentence) => (
            <Notice key={sentence} kind="warning">
              <p>{sentence}</p>
            </Notice>
          ))}
      </PartForm>
      {sure && (
        <SureHours
          told={told}
          onSave={() => {
            setSure(false);
            part.save();
          }}
          onClose={() => setSure(false)}
        />
      )}
      {removing && (
        <RemoveHours
          api={props.api}
          tenant={part.base}
          held={removing}
          today={today}
          onTenant={part.adopt}
          onRemoved={(newest) => {
            setRemoving(null);
            setTaken({ to: top });
            if (draft.editing === removing.from) part.change(newDraft(newest.officeHours, opened));
          }}
          onClose={() => setRemoving(null)}
        />
      )}
      {next && (
        <DropTyped
          onDrop={() => {
            setNext(null);
            take(next.from);
          }}
          onClose={() => setNext(null)}
        />
      )}
    </>
  );
}
