// A face when there is no picture: two letters on a calm ground. The name itself always stands beside it.
const TITLE = /^(?:[A-Za-z]{1,4}\.|H|Hj|Dr|Drs|Ir|Prof)$/;

/** "Drs. H. Andi Baso, M.Si" → "AB": titles before the name and what follows a comma do not count. */
function initials(name: string): string {
  const parts = (name.split(",")[0] ?? "").split(/\s+/).filter(Boolean);
  const own = parts.filter((part) => !TITLE.test(part));
  const counted = own.length > 0 ? own : parts;
  const first = [...(counted[0] ?? "")][0] ?? "";
  const last = counted.length > 1 ? ([...(counted[counted.length - 1] ?? "")].find((c) => /\p{L}/u.test(c)) ?? "") : "";
  return (first + last).toLocaleUpperCase("id-ID");
}

export function Avatar({ name }: { readonly name: string }) {
  return (
    <span class="avatar" aria-hidden="true">
      {initials(name)}
    </span>
  );
}
