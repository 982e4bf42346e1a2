// Pure: a meeting ID while it is being typed.

/** At most ten digits; full-width and Arabic-Indic ones count too. */
export function digitsOf(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/\D/g, "")
    .slice(0, 10);
}

/** "8123456" → "812 345 6" */
export function groupDigits(text: string): string {
  const digits = digitsOf(text);
  return [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)].filter(Boolean).join(" ");
}

/** Where the caret stands behind `count` digits of a grouped text. */
export function caretAfterDigits(grouped: string, count: number): number {
  let seen = 0;
  for (let at = 0; at < grouped.length; at++) {
    if (seen === count) return at;
    if (grouped[at] !== " ") seen++;
  }
  return grouped.length;
}
