import type { Schema } from 'bitbucket';
import type { eventTypes } from '../../src/providers/bitbucket/event_types.ts';
import type { Held, Replaced, Unlisted, Without } from './held.ts';

/** Keys of events. */
export type EventName = NonNullable<Schema.WebhookSubscription['events']>[number];

/** Bitbucket's newer description has it; the package is of 2024. */
type Newer = Unlisted<'pullrequest:push', EventName>;

/** Dots stand for colons. */
type Names = Replaced<Without<'bitbucket', (typeof eventTypes)[number]['name']>, '.', ':'>;

export type Ours = Held<Exclude<Names, Newer>, EventName>;

// @ts-expect-error There is no such event.
export type Wrong = Held<'repo:shouted', EventName>;
