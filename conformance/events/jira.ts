import type { WebhookDetails } from 'jira.js/cloud';
import type { ROWS } from '../../src/providers/jira/events.ts';
import type { Held, Unlisted } from './held.ts';

type Literal<Name> = Name extends string ? (string extends Name ? never : Name) : never;
type Plain<Name> = Name extends `jira:${infer Rest}` ? Rest : Name;

/** What an app may subscribe to, without the prefix that some have. */
export type EventName = Plain<Literal<WebhookDetails['events'][number]>>;

/** Only an administrator's webhook tells of these; jira.js has the names of an app's. */
type OfAdministrators = Unlisted<
  | `${'worklog' | 'board' | 'project' | 'user'}_${'created' | 'updated' | 'deleted'}`
  | `${'attachment' | 'issuelink'}_${'created' | 'deleted'}`
  | 'board_configuration_changed',
  EventName
>;

export type Ours = Held<Exclude<(typeof ROWS)[number][0], OfAdministrators>, EventName>;

// @ts-expect-error There is no such event.
export type Wrong = Held<'issue_shouted', EventName>;
