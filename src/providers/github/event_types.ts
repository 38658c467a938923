import type { EventType } from '../provider.ts';
import { HAPPENINGS } from './happenings.ts';
import { slice } from './slice.ts';

/** The documented ones. What else GitHub sends is parsed and named by the same rule. */
export const eventTypes: readonly EventType[] = HAPPENINGS.flatMap(([event, scope, subject, actions]) =>
  Object.entries(actions).map(([action, happened]) => ({
    name: `github.${nameOf(event, action)}`,
    description: `${subject} ${happened}.`,
    schemaVersion: 1,
    runtimeState: 'ACTIVE' as const,
    triggerable: true,
    waitable: true,
    scopes: scope === undefined ? [] : [scope],
    payloadSchema: slice.payload(nameOf(event, action)),
  })),
);

function nameOf(event: string, action: string): string {
  return action === '' ? event : `${event}.${action}`;
}
