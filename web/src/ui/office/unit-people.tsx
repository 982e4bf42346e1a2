// The people of a unit, as far as they match what was searched for: how many, and then whatever is made of them.
import type { ComponentChildren } from "preact";
import type { OfficePerson } from "../../client/office-api";
import { matches } from "./found";
import { officeWords } from "./words";

export interface UnitPeopleProps<P extends OfficePerson> {
  readonly people: readonly P[];
  /** What else of a person the search looks at. */
  readonly workOf?: (person: P) => string;
  readonly search: string;
  /** Never called for nobody. */
  readonly children: (people: readonly P[]) => ComponentChildren;
}

export function UnitPeople<P extends OfficePerson>({ people, workOf, search, children }: UnitPeopleProps<P>) {
  const o = officeWords.value;
  if (people.length === 0) {
    return (
      <div class="host-empty">
        <p class="host-empty-title">{o.empty}</p>
        <p class="quiet">{o.emptyText}</p>
      </div>
    );
  }
  const found = people.filter((one) => matches(one, workOf?.(one) ?? "", search));
  return (
    <>
      <p role="status" class="quiet">
        {search.trim() ? o.found(found.length, people.length) : o.people(people.length)}
      </p>
      {found.length > 0 ? children(found) : <p>{o.noneFound}</p>}
    </>
  );
}
