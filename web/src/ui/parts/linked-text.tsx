// What somebody wrote, with its web addresses as links. Everything else stays text.

/** Up to a blank; the full stop or bracket that ends the sentence is not part of it. */
const ADDRESS = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'’”]/g;

export function LinkedText({ text }: { readonly text: string }) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    parts.push(
      text.slice(from, found.index),
      <a href={found[0]} target="_blank" rel="noopener noreferrer nofollow">
        {found[0]}
      </a>,
    );
    from = found.index + found[0].length;
  }
  parts.push(text.slice(from));
  return <>{parts}</>;
}
