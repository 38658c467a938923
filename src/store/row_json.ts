/** A row as `to_jsonb` tells it, under the names of its entity and with its times as such. */
export function rowOfJson<T>(json: Readonly<Record<string, unknown>>, times: ReadonlySet<string>): T {
  const fields = Object.entries(json).map(([column, value]) => {
    const name = column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return [name, typeof value === 'string' && times.has(name) ? new Date(value) : value];
  });
  return Object.fromEntries(fields) as T;
}
