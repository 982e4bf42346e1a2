// Who waits to be let in: one, several or all of them.
import { useState } from "preact/hooks";
import type { MeetingSession } from "../../client/contract";
import { clock } from "../i18n/format";
import { notAdmitted } from "../meeting/not-admitted";
import { FormNotice } from "../parts/form-notice";
import { useJustMoved } from "../parts/just-moved";
import { WindowedList } from "../parts/windowed-list";
import { useAct } from "./use-act";
import { inChargeWords } from "./words";

/** styles/in-charge.css says how much stands in a row. */
const ROW_REM = 8.5;

export function WaitingRoom({ session }: { readonly session: MeetingSession }) {
  const w = inChargeWords.value;
  const { working, failed, act } = useAct(session);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const waiting = session.waiting.value;
  // Whoever went meanwhile is chosen no more.
  const ids = waiting.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const moved = useJustMoved(waiting.map(({ id }) => id));
  const [asked, setAsked] = useState(0);
  const disabled = working || moved ? "true" : undefined;
  const choose = (id: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  const run = async (kind: "admit" | "deny", of: readonly string[]) => {
    if (moved) return;
    setAsked(of.length || waiting.length);
    // Who was chosen besides them stays so.
    if (await act({ kind, ids: of }))
      setChosen((now) => new Set(of.length > 0 ? [...now].filter((id) => !of.includes(id)) : []));
  };
  return (
    <section class="waiting-room" aria-label={w.waitingRoom}>
      <div class="waiting-head">
        <h3>{w.waitingRoom}</h3>
        <p class="quiet" role="status">
          {w.waitingCount(waiting.length)}
        </p>
      </div>
      {failed && (
        <FormNotice kind="error" of={failed}>
          <p>{notAdmitted(session, failed, asked)}</p>
        </FormNotice>
      )}
      {ids.length > 0 ? (
        <div class="waiting-all">
          <button type="button" class="button primary" aria-disabled={disabled} onClick={() => void run("admit", ids)}>
            {w.admitSome(ids.length)}
          </button>
          <button type="button" class="button" aria-disabled={disabled} onClick={() => void run("deny", ids)}>
            {w.denySome(ids.length)}
          </button>
        </div>
      ) : (
        waiting.length > 1 && (
          <div class="waiting-all">
            <button type="button" class="button primary" aria-disabled={disabled} onClick={() => void run("admit", [])}>
              {w.admitAll}
            </button>
          </div>
        )
      )}
      <WindowedList
        items={waiting}
        keyOf={({ id }) => id}
        rowRem={ROW_REM}
        label={w.waitingRoom}
        class={waiting.length > 2 ? "waiting-list many" : `waiting-list rows-${waiting.length}`}
      >
        {({ id, name, since }, reachable) => (
          <div class="waiting-person">
            <label>
              <input
                type="checkbox"
                aria-label={w.choose(name)}
                checked={chosen.has(id)}
                tabIndex={reachable ? 0 : -1}
                onChange={(event) => choose(id, event.currentTarget.checked)}
              />
              <span class="person-words">
                <span class="person-name" title={name}>
                  {name}
                </span>
                <span class="quiet">{w.waitingSince(clock(since))}</span>
              </span>
            </label>
            <div class="waiting-acts">
              <button
                type="button"
                class="button primary"
                aria-label={w.admitName(name)}
                aria-disabled={disabled}
                tabIndex={reachable ? 0 : -1}
                onClick={() => void run("admit", [id])}
              >
                {w.admit}
              </button>
              <button
                type="button"
                class="button"
                aria-label={w.denyName(name)}
                aria-disabled={disabled}
                tabIndex={reachable ? 0 : -1}
                onClick={() => void run("deny", [id])}
              >
                {w.deny}
              </button>
            </div>
          </div>
        )}
      </WindowedList>
    </section>
  );
}
