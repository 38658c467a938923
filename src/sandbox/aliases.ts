/** Two-way replacement of the ids an emulator made up at this start by ids that are the same at every start. */
export interface Aliases {
  /** Teaches pairs of the emulator's text and ours. */
  learn(pairs: Iterable<readonly [inner: string, outer: string]>): void;
  inward(text: string): string;
  outward(text: string): string;
}

export function openAliases(): Aliases {
  const outer = new Map<string, string>();
  const inner = new Map<string, string>();
  let outerPattern: RegExp | null = null;
  let innerPattern: RegExp | null = null;
  return {
    learn(pairs) {
      for (const [from, to] of pairs) {
        outer.set(from, to);
        inner.set(to, from);
      }
      outerPattern = anyOf([...outer.keys()]);
      innerPattern = anyOf([...inner.keys()]);
    },
    inward: text => (innerPattern ? text.replace(innerPattern, found => inner.get(found) ?? found) : text),
    outward: text => (outerPattern ? text.replace(outerPattern, found => outer.get(found) ?? found) : text),
  };
}

function anyOf(texts: readonly string[]): RegExp | null {
  if (texts.length === 0) return null;
  return new RegExp(texts.map(text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
}
