export type Json = Readonly<Record<string, unknown>>;

type Path = readonly (string | number)[];

/** Every text in the inputs, with where it stands. */
export function textsIn(
  value: unknown,
  path: Path = [],
): readonly { readonly path: Path; readonly pointer: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, pointer: pointerOf(path), text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => textsIn(item, [...path, name]));
}

/** The name of the field that holds what stands there; of a list's element, the list's. */
export function namedAt(path: Path): string {
  return String(path.findLast(step => typeof step === 'string') ?? '');
}

/** A JSON Pointer within the contract's bound. */
export function pointerOf(path: Path): string {
  const pointer = path.map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return pointer.length <= 256 ? pointer : `${pointer.slice(0, 255)}…`;
}
