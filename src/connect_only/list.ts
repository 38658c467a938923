import type { Provider } from '../providers/provider.ts';
import { connectOnly } from './compose.ts';
import type { ConnectOnlyTable } from './entry.ts';
import table from './table.json' with { type: 'json' };

/** The vendors of the table, by id. */
export const connectOnlyProviders: readonly Provider[] = Object.entries(table as ConnectOnlyTable).map(([id, entry]) =>
  connectOnly(id, entry),
);

/** The long tail after the others: whoever knows more of a vendor than how to connect takes its id. */
export function withConnectOnly(providers: readonly Provider[]): readonly Provider[] {
  const taken = new Set(providers.map(({ id }) => id));
  return [...providers, ...connectOnlyProviders.filter(({ id }) => !taken.has(id))];
}
