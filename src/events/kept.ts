import type { Deps } from '../deps.ts';
import { referencesIn, type ToldReference } from '../references/touch.ts';
import type { StorableEvent } from './payload.ts';

/**
 * An event that waits to be recorded: its payload as JSON, and what was to be read of it read, so that none of its objects live
 * until its batch is written.
 */
export type KeptEvent = Omit<StorableEvent, 'payload'> & { readonly references: readonly ToldReference[] };

export function keep(deps: Pick<Deps, 'log' | 'catalog'>, provider: string, event: StorableEvent): KeptEvent {
  const { payload: _, ...rest } = event;
  return { ...rest, references: referencesIn(deps, provider, event) };
}
