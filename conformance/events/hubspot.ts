import type { SubscriptionCreateRequestEventTypeEnum } from '@hubspot/api-client/lib/codegen/webhooks/models/SubscriptionCreateRequest.js';
import type { eventTypes } from '../../src/providers/hubspot/events.ts';
import type { Held, Without } from './held.ts';

/** Types of subscriptions. */
export type EventName = `${SubscriptionCreateRequestEventTypeEnum}`;

/** `contact.property_change` is HubSpot's `contact.propertyChange`. */
type Camel<Verb extends string> = Verb extends `${infer First}_${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Verb;
type Named<Name extends string> = Name extends `${infer Noun}.${infer Verb}` ? `${Noun}.${Camel<Verb>}` : never;

export type Ours = Held<Named<Without<'hubspot', (typeof eventTypes)[number]['name']>>, EventName>;

// @ts-expect-error There is no such subscription.
export type Wrong = Held<'contact.shouted', EventName>;
