import type { BetaWebhookEventData } from '@anthropic-ai/sdk/resources/beta/webhooks';
import type { OBJECTS } from '../../src/providers/anthropic/events.ts';
import type { Held } from './held.ts';

/** Types of webhook events. */
export type EventName = BetaWebhookEventData['type'];

type Objects = typeof OBJECTS;
type Names = { [Name in keyof Objects]: `${Name}.${keyof Objects[Name] & string}` }[keyof Objects];

export type Ours = Held<Names, EventName>;

// @ts-expect-error There is no such event.
export type Wrong = Held<'agent.shouted', EventName>;
