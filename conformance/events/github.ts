import type { webhooks } from '@octokit/openapi-webhooks-types';
import type { HAPPENINGS } from '../../src/providers/github/happenings.ts';
import type { Held, Replaced, Unlisted } from './held.ts';

/** Event and action, as GitHub's description names them. */
export type EventName = keyof webhooks;

type Row = (typeof HAPPENINGS)[number];
type NameOf<Happening extends Row> = Happening extends Row
  ? { [Action in keyof Happening[3] & string]: Named<Happening[0], Action> }[keyof Happening[3] & string]
  : never;
type Named<Event extends string, Action extends string> = Replaced<
  Action extends '' ? Event : `${Event}-${Action}`,
  '_',
  '-'
>;

/** Its action is the sender's own text; the description has an example's. */
type FreeText = Unlisted<'repository-dispatch', EventName>;

export type Ours = Held<Exclude<NameOf<Row>, FreeText>, EventName>;

// @ts-expect-error There is no such action.
export type Wrong = Held<'issues-shouted', EventName>;
