/** A provider's sentence: what stands in backticks is code, everything else is text. */
export function Prose({ text }: { readonly text: string }) {
  const parts = text.split('`');
  return parts.map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text do not move
    index % 2 === 1 && index < parts.length - 1 ? <code key={index}>{part}</code> : part,
  );
}
