/** Stands in a fixture where only the vendor's documentation can say what belongs there. */
export class Unfilled {
  readonly what: string;
  constructor(what: string) {
    this.what = what;
  }
}

/** Fits everywhere, so that it compiles; the suite fails with `what` until a value stands in its place. */
export function unfilled(what: string): never {
  return new Unfilled(what) as never;
}

/** What is still to be filled in, by its place. */
export function unfilledIn(value: unknown, place = ''): string[] {
  if (value instanceof Unfilled) return [`${place}: ${value.what}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => unfilledIn(inner, place === '' ? name : `${place}.${name}`));
}
