// Who matches what was typed into the search.
import type { OfficePerson } from "../../client/office-api";

/** Every word has to stand somewhere in the name, the NIP or the work; capitals make no difference. */
export function matches(person: OfficePerson, work: string, search: string): boolean {
  const text = `${person.name} ${person.nip} ${work}`.toLocaleLowerCase();
  const wanted = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return wanted.every((word) => text.includes(word));
}
