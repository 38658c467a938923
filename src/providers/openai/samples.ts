import type { EventSample } from '../provider.ts';

const sample = (type: string, name: string, description: string, id: string): EventSample => ({
  eventType: `openai.${type}`,
  variant: 'default',
  name,
  description,
  payload: { id: 'evt_sample', object: 'event', created_at: 1_770_000_000, type, data: { id } },
  meta: { object_id: id },
});

export const samples: readonly EventSample[] = [
  sample('response.completed', 'Response ready', 'A background response is ready.', 'resp_sample'),
  sample('batch.completed', 'Batch done', 'All requests of a batch were worked off.', 'batch_sample'),
];
