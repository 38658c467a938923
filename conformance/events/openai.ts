import type { UnwrapWebhookEvent } from 'openai/resources/webhooks';
import type { eventTypes } from '../../src/providers/openai/events.ts';
import type { Held, Without } from './held.ts';

/** Types of webhook events. */
export type EventName = UnwrapWebhookEvent['type'];

export type Ours = Held<Without<'openai', (typeof eventTypes)[number]['name']>, EventName>;

// @ts-expect-error There is no such event.
export type Wrong = Held<'response.shouted', EventName>;
