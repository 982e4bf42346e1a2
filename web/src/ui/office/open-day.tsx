// Work over midnight: the day before is still open, and can be ended now. Nobody is taken to have worked who does not say so.
import { useState } from "preact/hooks";
import type { OfficeApi, OwnDay } from "../../client/office-api";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { Notice } from "../parts/notice";
import { dayName, timeIn } from "./times";
import { newClientId } from "./unsent";
import { officeWords } from "./words";

export interface OpenDayProps {
  readonly api: OfficeApi;
  readonly own: OwnDay;
  readonly onEnded: () => void;
  /** What was shown was old, and this is newer. */
  readonly onNewer: (own: OwnDay) => void;
}

export function OpenDay({ api, own, onEnded, onNewer }: OpenDayProps) {
  const o = officeWords.value;
  /** The same for each try: sent twice, it is said once. */
  const [clientId] = useState(newClientId);
  const [working, setWorking] = useState(false);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [saved, setSaved] = useState("");
  const open = own.open;
  const end = async (date: string) => {
    if (working) return;
    setWorking(true);
    setFailed(null);
    try {
      const { day } = await api.declare({ state: "done", note: "", clientId, date });
      setSaved(o.ended(dayName(date), timeIn(day.done, own.timeZone)));
      onEnded();
    } catch (thrown) {
      setFailed(met(thrown));
      const newer = await api.ownDay().catch(() => null);
      if (newer) onNewer(newer);
    } finally {
      setWorking(false);
    }
  };
  return (
    <>
      {open && (
        <section class="card stack office-open" aria-label={o.stillOpen(dayName(open.date.date))}>
          <h2>{o.stillOpen(dayName(open.date.date))}</h2>
          <p>
            {o.stillOpenText(
              o.say[open.day.declarations.at(-1)?.state ?? "present"],
              timeIn(lastAt(open), own.timeZone),
            )}
          </p>
          <p>
            <button
              type="button"
              class="button"
              aria-disabled={working ? "true" : undefined}
              onClick={() => void end(open.date.date)}
            >
              {working ? o.saving : o.endNow(dayName(open.date.date))}
            </button>
          </p>
        </section>
      )}
      {failed && <FailureNotice of={failed} />}
      {saved && (
        <Notice kind="good">
          <p>{saved}</p>
        </Notice>
      )}
    </>
  );
}

/** When they last said something on it. */
function lastAt({ day }: NonNullable<OwnDay["open"]>): number {
  return day.declarations.at(-1)?.at ?? 0;
}
