// The units of the tenant as a tree that is used by pointer or keyboard (ARIA Authoring Practices, tree view).
import { useEffect, useRef, useState } from "preact/hooks";
import type { AdminApi, Unit } from "../../client/admin-api";
import { PLUS } from "../meeting-icons";
import { CHEVRON, Icon } from "../parts/icon";
import { UnitDialog } from "./unit-dialog";
import { type Row, rowsOf } from "./unit-tree";
import { adminWords } from "./words";

/** A larger tree begins with its top closed. */
const OPEN_AT_FIRST = 40;

export interface UnitsSectionProps {
  readonly api: AdminApi;
  readonly units: readonly Unit[];
  readonly onUnits: (units: readonly Unit[]) => void;
}

export function UnitsSection({ api, units, onUnits }: UnitsSectionProps) {
  const w = adminWords.value;
  const [editing, setEditing] = useState<{ readonly unit: Unit | null; readonly parentId: string } | null>(null);
  return (
    <>
      <p class="quiet">{w.units.intro}</p>
      <div class="row">
        <button type="button" class="button main" onClick={() => setEditing({ unit: null, parentId: "" })}>
          <Icon of={PLUS} />
          {w.units.add}
        </button>
      </div>
      {units.length === 0 ? (
        <div class="host-empty">
          <p class="host-empty-title">{w.units.empty}</p>
          <p class="quiet">{w.units.emptyText}</p>
        </div>
      ) : (
        <Tree units={units} onChoose={(unit) => setEditing({ unit, parentId: unit.parentId })} />
      )}
      {editing && (
        <UnitDialog
          key={`${editing.unit?.id} ${editing.parentId}`}
          api={api}
          units={units}
          unit={editing.unit}
          parentId={editing.parentId}
          onUnits={onUnits}
          onBelow={(parent) => setEditing({ unit: null, parentId: parent.id })}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}

interface TreeProps {
  readonly units: readonly Unit[];
  readonly onChoose: (unit: Unit) => void;
}

function Tree({ units, onChoose }: TreeProps) {
  const w = adminWords.value;
  const [closed, setClosed] = useState<ReadonlySet<string>>(() =>
    units.length > OPEN_AT_FIRST ? new Set(units.map((unit) => unit.id)) : new Set(),
  );
  const rows = rowsOf(units, closed);
  const [at, setAt] = useState("");
  const current = rows.find((row) => row.unit.id === at) ?? rows[0];
  const tree = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    tree.current?.querySelector<HTMLElement>("[tabindex='0']")?.focus();
  }, [at]);
  const go = (row: Row | undefined) => {
    if (!row || row.unit.id === current?.unit.id) return;
    moved.current = true;
    setAt(row.unit.id);
  };
  const toggle = (row: Row, close: boolean) => {
    const next = new Set(closed);
    if (close) next.add(row.unit.id);
    else next.delete(row.unit.id);
    setClosed(next);
  };
  const key = (event: KeyboardEvent, row: Row) => {
    const index = rows.indexOf(row);
    const open = row.parents && !closed.has(row.unit.id);
    switch (event.key) {
      case "ArrowDown":
        go(rows[index + 1]);
        break;
      case "ArrowUp":
        go(rows[index - 1]);
        break;
      case "Home":
        go(rows[0]);
        break;
      case "End":
        go(rows.at(-1));
        break;
      case "ArrowRight":
        if (row.parents && !open) toggle(row, false);
        else if (open) go(rows[index + 1]);
        break;
      case "ArrowLeft":
        if (open) toggle(row, true);
        else go(rows.find((one) => one.unit.id === row.unit.parentId));
        break;
      case "Enter":
      case " ":
        onChoose(row.unit);
        break;
      default:
        return;
    }
    event.preventDefault();
  };
  return (
    <>
      <p class="quiet keys">{w.units.keys}</p>
      <div ref={tree} role="tree" class="unit-tree card" aria-label={w.units.tree}>
        {rows.map((row) => (
          <div
            key={row.unit.id}
            role="treeitem"
            aria-level={row.level}
            aria-posinset={row.position}
            aria-setsize={row.siblings}
            aria-expanded={row.parents ? !closed.has(row.unit.id) : undefined}
            aria-selected={false}
            tabIndex={row === current ? 0 : -1}
            class={`unit-row level-${Math.min(row.level, 8)}`}
            onKeyDown={(event) => key(event, row)}
            onClick={(event) => {
              setAt(row.unit.id);
              if ((event.target as Element).closest(".chevron")) toggle(row, !closed.has(row.unit.id));
              else onChoose(row.unit);
            }}
          >
            <span class={row.parents ? "chevron" : "no-chevron"} aria-hidden="true">
              {row.parents && <Icon of={CHEVRON} small />}
            </span>
            <span class="unit-name">{row.unit.name}</span>
          </div>
        ))}
      </div>
    </>
  );
}
