import type { Delivery } from '../delivery.ts';

/**
 * What vendors sign that sign a form: the address it was sent to, then every field's name and value, by name. Undefined
 * where the address is not known or the body is not UTF-8.
 */
export function addressAndFields(delivery: Delivery): readonly string[] | undefined {
  const fields = formOf(delivery);
  if (delivery.url === undefined || fields === undefined) return undefined;
  const sorted = [...fields].toSorted(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)));
  return [delivery.url, ...sorted.flat()];
}

/** One field of the form; undefined where there is none, or several: which of them was meant could be argued. */
export function formField(delivery: Delivery, name: string): string | undefined {
  const values = formOf(delivery)?.getAll(name) ?? [];
  return values.length === 1 ? values[0] : undefined;
}

function formOf({ body }: Delivery): URLSearchParams | undefined {
  try {
    return new URLSearchParams(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
