// Units as a tree: in which order they stand, and who is below whom.
import type { Unit } from "../../client/admin-api";

export interface Row {
  readonly unit: Unit;
  /** From 1. */
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  readonly parents: boolean;
}

/** A unit whose parent is not known stands at the top. */
function childrenOf(units: readonly Unit[]): ReadonlyMap<string, readonly Unit[]> {
  const known = new Set(units.map((unit) => unit.id));
  const children = new Map<string, Unit[]>();
  for (const unit of units) {
    const parent = known.has(unit.parentId) ? unit.parentId : "";
    children.set(parent, [...(children.get(parent) ?? []), unit]);
  }
  for (const siblings of children.values()) siblings.sort((a, b) => a.name.localeCompare(b.name, "id"));
  return children;
}

/** What is seen while the units of `closed` hide those below them. */
export function rowsOf(units: readonly Unit[], closed: ReadonlySet<string> = new Set()): readonly Row[] {
  const children = childrenOf(units);
  const rows: Row[] = [];
  const walk = (parent: string, level: number) => {
    const siblings = children.get(parent) ?? [];
    siblings.forEach((unit, index) => {
      const parents = children.has(unit.id);
      rows.push({ unit, level, position: index + 1, siblings: siblings.length, parents });
      if (parents && !closed.has(unit.id)) walk(unit.id, level + 1);
    });
  };
  walk("", 1);
  return rows;
}

/** "Dinas Kominfo › Bidang IKP"; "" for a unit that does not exist. */
export function pathOf(units: readonly Unit[], id: string): string {
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  const names: string[] = [];
  let unit = byId.get(id);
  while (unit && names.length < units.length) {
    names.unshift(unit.name);
    unit = byId.get(unit.parentId);
  }
  return names.join(" › ");
}

/** The unit itself and all below it. */
export function below(units: readonly Unit[], id: string): ReadonlySet<string> {
  const found = new Set([id]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const unit of units) if (found.has(unit.parentId)) found.add(unit.id);
  }
  return found;
}

/** For a choice of a unit: id and path, in the order of the tree. */
export function unitOptions(
  units: readonly Unit[],
  without: ReadonlySet<string> = new Set(),
): readonly (readonly [string, string])[] {
  return rowsOf(units)
    .filter((row) => !without.has(row.unit.id))
    .map((row) => [row.unit.id, pathOf(units, row.unit.id)] as const);
}
