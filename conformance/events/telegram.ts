import type { Update } from '@grammyjs/types';
import type { UPDATES } from '../../src/providers/telegram/events.ts';
import type { Held } from './held.ts';

/** What an update may hold. */
export type EventName = Exclude<keyof Update, 'update_id'>;

export type Ours = Held<(typeof UPDATES)[number][0], EventName>;

// @ts-expect-error There is no such update.
export type Wrong = Held<'shouted_message', EventName>;
