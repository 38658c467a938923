import { at } from './meta.ts';

/** Where something stands in an answer: the names that lead to it, or whatever finds it. No names: the answer itself. */
export type Place = readonly string[] | ((body: unknown) => unknown);

export function found(body: unknown, place: Place): unknown {
  return typeof place === 'function' ? place(body) : at(body, ...place);
}
