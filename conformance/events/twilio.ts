import type { CallStatus } from 'twilio/lib/rest/api/v2010/account/call.js';
import type { MessageStatus } from 'twilio/lib/rest/api/v2010/account/message.js';
import type { RecordingStatus } from 'twilio/lib/rest/api/v2010/account/recording.js';
import type { TranscriptionStatus } from 'twilio/lib/rest/api/v2010/account/transcription.js';
import type { eventTypes } from '../../src/providers/twilio/events.ts';
import type { Held, Replaced, Unlisted, Without } from './held.ts';

/** Statuses that callbacks tell, by what has them. */
export type EventName =
  | `message.${MessageStatus}`
  | `call.${CallStatus}`
  | `recording.${RecordingStatus}`
  | `transcription.${TranscriptionStatus}`;

type Names = Without<'twilio', (typeof eventTypes)[number]['name']>;

/** What conferences tell has no type in the package. */
type OfConferences = Unlisted<Extract<Names, `conference.${string}`>, EventName>;

/** Told by callbacks, and no status of the resource. */
type OfCallbacks = Unlisted<'call.initiated' | 'recording.failed', EventName>;

export type Ours = Held<Replaced<Exclude<Names, OfConferences | OfCallbacks>, '_', '-'>, EventName>;

// @ts-expect-error There is no such status.
export type Wrong = Held<'message.shouted', EventName>;
