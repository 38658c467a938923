import type { SlackEvent } from '@slack/types';
import type { ENDING } from '../../src/providers/slack/events.ts';
import type { Held } from './held.ts';

/** Types of the Events API. */
export type EventName = SlackEvent['type'];

/** Our event types stand for all of them; these alone are named. */
export type Ours = Held<(typeof ENDING)[keyof typeof ENDING], EventName>;

// @ts-expect-error There is no such event.
export type Wrong = Held<'app_shouted', EventName>;
