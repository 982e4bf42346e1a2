// What the audit log has of the person who looks at it: what they did, and what was done to them.
import type { OwnAct, OwnRecord } from "../../client/own-data-api";
import { dayIn, whenIn } from "../i18n/format";
import { details, sentence } from "./act-words";
import { ownWords } from "./words";

const DAY_MS = 86_400_000;

export function OwnActs({ items, record }: { readonly items: readonly OwnAct[]; readonly record: OwnRecord }) {
  const { keptUntil } = ownWords.value.acts;
  const { timeZone, auditDays } = record;
  return (
    <ul class="records">
      {items.map((act, index) => (
        // Several things may be done in the same moment.
        <li key={`${act.at} ${act.action} ${index}`}>
          <h3>{sentence(act)}</h3>
          {details(act).map((line) => (
            <p key={line}>{line}</p>
          ))}
          <p class="quiet">
            {whenIn(act.at, timeZone)} · {keptUntil(dayIn(act.at + auditDays * DAY_MS, timeZone))}
          </p>
        </li>
      ))}
    </ul>
  );
}
