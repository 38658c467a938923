/** Something that was done, or how it failed. */
export type Said = {
  readonly title: string;
  readonly description: string | undefined;
  readonly type: 'good' | 'bad';
};

const name = 'mobius:said';

/** Says in a sentence that something was done; shown for a few seconds and read out. */
export function say(title: string, description?: string, type: 'good' | 'bad' = 'good'): void {
  document.dispatchEvent(new CustomEvent<Said>(name, { detail: { title, description, type } }));
}

/** Returns the way to stop listening. */
export function onSaid(listener: (one: Said) => void): () => void {
  const take = (event: Event): void => listener((event as CustomEvent<Said>).detail);
  document.addEventListener(name, take);
  return () => document.removeEventListener(name, take);
}
