/** What a person counts as letters: Unicode code points, without blanks at the ends. */
export function letters(text: string): number {
  return [...text.trim()].length;
}

/** 18 digits, or nothing. */
export function nipIsWrong(nip: string): boolean {
  return !/^(?:[0-9]{18})?$/.test(nip);
}
