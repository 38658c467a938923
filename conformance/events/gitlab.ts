import type * as GitLab from '@gitbeaker/core';
import type { eventTypes } from '../../src/providers/gitlab/event_types.ts';
import type { Held, Unlisted, Without } from './held.ts';

type Kind<Body> = Body extends { readonly object_kind: infer Name } ? Name : never;
type Membership = GitLab.WebhookGroupMemberEventSchema | GitLab.WebhookSubGroupEventSchema;

/** Kinds of events; what becomes of groups is named by `event_name`. */
export type EventName =
  | Kind<
      | GitLab.WebhookPushEventSchema
      | GitLab.WebhookTagEventSchema
      | GitLab.WebhookIssueEventSchema
      | GitLab.WebhookIssueNoteEventSchema
      | GitLab.WebhookMergeRequestEventSchema
      | GitLab.WebhookWikiEventSchema
      | GitLab.WebhookPipelineEventSchema
      | GitLab.WebhookJobEventSchema
      | GitLab.WebhookDeploymentEventSchema
      | GitLab.WebhookFeatureFlagEventSchema
      | GitLab.WebhookReleaseEventSchema
      | GitLab.WebhookEmojiEventSchema
    >
  | Membership['event_name'];

/** GitLab documents them; gitbeaker has no type of a milestone's event, and two of three for members. */
type Newer = Unlisted<'milestone' | 'user_add_to_group', EventName>;

type KindOf<Name extends string> = Name extends `${infer First}.${string}` ? First : Name;

export type Ours = Held<Exclude<KindOf<Without<'gitlab', (typeof eventTypes)[number]['name']>>, Newer>, EventName>;

// @ts-expect-error There is no such kind.
export type Wrong = Held<'shout', EventName>;
