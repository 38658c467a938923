import type { WebhookEventType } from '@mondaydotcomorg/api';
import type { KINDS } from '../../src/providers/monday/event_types.ts';
import type { Held } from './held.ts';

/** What webhooks are asked for. */
export type EventName = `${WebhookEventType}`;

export type Ours = Held<(typeof KINDS)[number]['event'], EventName>;

// @ts-expect-error There is no such event.
export type Wrong = Held<'shout_item', EventName>;
