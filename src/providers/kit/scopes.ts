/** Scopes as vendors write them: a list, or one text separated by commas or spaces. Undefined: not given. */
export function readScopes(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return value.split(/[\s,]+/).filter(scope => scope !== '');
  if (Array.isArray(value) && value.every(scope => typeof scope === 'string')) return value;
  return undefined;
}
