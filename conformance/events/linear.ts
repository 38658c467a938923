import type { LinearWebhookEventType } from '@linear/sdk/webhooks';
import type { LATER, OBJECTS, RESOURCES } from '../../src/providers/linear/events.ts';
import type { Held } from './held.ts';

/** What webhooks are asked for, and tell of. */
export type EventName = LinearWebhookEventType;

export type Ours = Held<(typeof RESOURCES)[number], EventName>;

type Snake<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? Rest extends Uncapitalize<Rest>
    ? `${Lowercase<First>}${Snake<Rest>}`
    : `${Lowercase<First>}_${Snake<Rest>}`
  : Name;

/** What is told of is what is asked for. */
export type Told = Held<keyof typeof OBJECTS, Snake<Ours>>;
export type Asked = Held<Snake<Ours>, keyof typeof OBJECTS>;

/** What is told of later is the vendor's own. */
export type Later = Held<keyof typeof LATER, Snake<EventName>>;

// @ts-expect-error There is no such object.
export type Wrong = Held<'Shout', EventName>;
