// Which office hours hold now, which come, and which held before.
import type { Ref } from "preact";
import type { OfficeHours } from "../../client/admin-api";
import { wholeDay } from "../i18n/format";
import { CROSS, Icon } from "../parts/icon";
import { type Held, heldSpans, type Span } from "./office-changes";
import { weekText } from "./office-week";
import { adminWords } from "./words";

export interface HoursListProps {
  readonly hours: OfficeHours;
  /** ISO 8601, in the tenant's zone. */
  readonly today: string;
  /** Where whoever has removed one goes on. */
  readonly top: Ref<HTMLHeadingElement>;
  readonly onEdit: (held: Held) => void;
  readonly onRemove: (held: Held) => void;
}

/** "Mulai 8 Februari 2027", "8 Februari 2027 sampai 9 Maret 2027", "Sampai 7 Februari 2027" */
export function spanText({ from, until }: Span): string {
  const w = adminWords.value.hours;
  if (!from) return until ? w.upTo(wholeDay(until, false)) : w.always;
  if (from === until) return wholeDay(from, false);
  return until ? w.between(wholeDay(from, false), wholeDay(until, false)) : w.since(wholeDay(from, false));
}

export function HoursList({ hours, today, top, onEdit, onRemove }: HoursListProps) {
  const w = adminWords.value.hours;
  const all = heldSpans(hours);
  const coming = all.filter(({ from }) => from > today);
  // The newest is looked for most.
  const history = all.filter(({ until }) => until && until < today).reverse();
  const rows = (spans: readonly Held[]) => (
    <ul class="hours-spans">
      {spans.map((held) => (
        <HeldRow key={held.from} held={held} onEdit={onEdit} onRemove={onRemove} />
      ))}
    </ul>
  );
  return (
    <>
      <section class="stack hours-part">
        <h3 ref={top} tabIndex={-1}>
          {w.now}
        </h3>
        {rows(all.filter((held) => !coming.includes(held) && !history.includes(held)))}
      </section>
      {coming.length > 0 && (
        <section class="stack hours-part">
          <h3>{w.coming}</h3>
          {rows(coming)}
        </section>
      )}
      {history.length > 0 && (
        <details class="hours-part hours-history">
          <summary>{w.history(history.length)}</summary>
          {rows(history)}
        </details>
      )}
    </>
  );
}

type HeldRowProps = Pick<HoursListProps, "onEdit" | "onRemove"> & { readonly held: Held };

function HeldRow({ held, onEdit, onRemove }: HeldRowProps) {
  const w = adminWords.value;
  const span = spanText(held);
  return (
    <li>
      <div class="hours-words">
        <p class="hours-span">{span}</p>
        <p>{weekText(held)}</p>
        <p class="quiet">{w.hours.minutes(held.toleranceMinutes)}</p>
      </div>
      <button type="button" class="button" aria-label={w.hours.editNamed(span)} onClick={() => onEdit(held)}>
        {w.hours.edit}
      </button>
      {held.from && (
        <button
          type="button"
          class="button plain icon-only"
          aria-label={w.hours.removeNamed(span)}
          title={w.remove}
          onClick={() => onRemove(held)}
        >
          <Icon of={CROSS} small />
        </button>
      )}
    </li>
  );
}
