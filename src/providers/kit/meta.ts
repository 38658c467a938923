import { isObject } from './read.ts';

/** Longest text worth filtering by. */
const MAX_LENGTH = 512;

/** An event's `meta`: the texts and numbers among the fields, as text; whatever else is left out. */
export function metaOf(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const found: [string, string][] = [];
  for (const [name, value] of Object.entries(fields)) {
    const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
    if (typeof text === 'string' && text !== '') found.push([name, text.slice(0, MAX_LENGTH)]);
  }
  return Object.fromEntries(found);
}

/** An event's `objectKey` of these parts; absent where one of them is neither text nor number. */
export function objectOf(...parts: readonly unknown[]): { readonly objectKey?: string } {
  const texts = parts.map(part => (typeof part === 'number' && Number.isFinite(part) ? String(part) : part));
  return texts.every(text => typeof text === 'string' && text !== '') ? { objectKey: texts.join('/') } : {};
}

/** The value at a path of names; undefined where the path breaks off. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const name of path) current = isObject(current) ? current[name] : undefined;
  return current;
}

/** A moment in ISO 8601, with or without a colon in its offset. Undefined for anything else. */
export function momentOf(value: unknown): Date | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return undefined;
  const time = new Date(value.slice(0, 40).replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(time.getTime()) ? undefined : time;
}
