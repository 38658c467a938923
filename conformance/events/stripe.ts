import type { Stripe } from 'stripe';
import type { OBJECTS } from '../../src/providers/stripe/event_types.ts';
import type { Held, Words } from './held.ts';

/** Types of events. */
export type EventName = Stripe.Event['type'];

type Objects = typeof OBJECTS;
type Names = { [Name in keyof Objects]: `${Name}.${Words<Objects[Name]['does']>}` }[keyof Objects];

export type Ours = Held<Names, EventName>;

// @ts-expect-error There is no such event.
export type Wrong = Held<'invoice.shouted', EventName>;
