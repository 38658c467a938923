/** What each page keeps in its address. Whatever else stands there, or does not fit, is left out. */
type Raw = Record<string, unknown>;

const text = (raw: Raw, name: string, maxChars = 256): string | undefined => {
  const value = raw[name];
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const found = String(value).slice(0, maxChars);
  return found === '' ? undefined : found;
};

/** Only the entries that are set: an address shows no empty filters. */
function present<T extends Record<string, string | undefined>>(entries: T): Partial<Record<keyof T, string>> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as Partial<
    Record<keyof T, string>
  >;
}

const only =
  <const K extends string>(...names: readonly K[]) =>
  (raw: Raw): Partial<Record<K, string>> =>
    present(Object.fromEntries(names.map(name => [name, text(raw, name)])) as Record<K, string | undefined>);

export const integrations = only('q', 'state', 'category');
export const provider = only('tab', 'integration', 'connect', 'connect_session', 'connect_status', 'connect_error');
export const activity = only('provider', 'integration', 'type', 'stage', 'source', 'event');
export const explain = only('provider', 'integration', 'type', 'delivery', 'event', 'hours');
export const pickers = only('type', 'integration', 'value');
export const audit = only('action', 'resource', 'caller', 'run', 'outcome');
