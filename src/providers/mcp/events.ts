import { eventType } from '../kit/event_type.ts';
import { output } from '../kit/schema.ts';
import type { EventType } from '../provider.ts';

/** Servers tell of them on a stream that has to stay open, which is not there yet. */
const planned = (name: string, description: string): EventType =>
  eventType(name, description, output([], {}), { runtimeState: 'PLANNED' });

export const eventTypes: readonly EventType[] = [
  planned('mcp.tool.list_changed', 'The server has other tools than before.'),
  planned('mcp.prompt.list_changed', 'The server has other prompts than before.'),
  planned('mcp.resource.list_changed', 'The server has other resources than before.'),
  planned('mcp.resource.updated', 'A resource changed.'),
];
