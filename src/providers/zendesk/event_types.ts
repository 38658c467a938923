import { eventType } from '../kit/event_type.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType, JsonSchema } from '../provider.ts';

/**
 * Objects of events, and what happens to them, as `zen:event-type:<object>.<happening>` has it. Source:
 * developer.zendesk.com/api-reference/webhooks/event-types.
 */
const OBJECTS: Readonly<Record<string, { readonly a: string; readonly does: string }>> = {
  ticket: {
    a: 'A ticket',
    does:
      'agent_assignment_changed attachment_linked_to_comment attachment_redacted_from_comment brand_changed ' +
      'comment_added comment_made_private comment_redacted created custom_field_changed custom_status_changed ' +
      'description_changed email_ccs_changed external_id_changed followers_changed form_changed ' +
      'group_assignment_changed marked_as_spam merged next_sla_breach_changed ola_policy_changed ' +
      'organization_changed permanently_deleted priority_changed problem_link_changed requester_changed ' +
      'schedule_changed sla_policy_changed soft_deleted status_changed subject_changed submitter_changed ' +
      'tags_changed task_due_at_changed type_changed undeleted',
  },
  user: {
    a: 'A user',
    does:
      'active_changed alias_changed created custom_field_changed custom_role_changed default_group_changed deleted ' +
      'details_changed external_id_changed group_membership_created group_membership_deleted identity_changed ' +
      'identity_created identity_deleted last_login_changed merged name_changed notes_changed ' +
      'only_private_comments_changed organization_membership_created organization_membership_deleted ' +
      'password_changed photo_changed role_changed suspended_changed tags_changed time_zone_changed',
  },
  organization: {
    a: 'An organization',
    does: 'created custom_field_changed deleted external_id_changed name_changed tags_changed',
  },
  article: {
    a: 'A help center article',
    does:
      'author_changed comment_changed comment_created comment_published comment_unpublished published ' +
      'subscription_created unpublished vote_changed vote_created vote_removed',
  },
  agent: {
    a: 'An agent’s availability',
    does:
      'channel_created channel_deleted max_capacity_changed state_changed unified_state_changed work_item_added ' +
      'work_item_removed',
  },
};

/** Text of tickets, which for most accounts is that of e-mails. */
const mailText = [
  'detail.description',
  'event.comment.body',
  'event.comment.html_body',
  'event.comment.plain_body',
] as const;

export const eventTypes: readonly EventType[] = Object.entries(OBJECTS).flatMap(([object, { a, does }]) =>
  does.split(' ').map(verb => ({
    ...eventType(`zendesk.${object}.${verb}`, `${a}: ${verb.replaceAll('_', ' ')}.`, payload(object, verb)),
    ...(object === 'ticket' && {
      mailText: verb === 'description_changed' ? [...mailText, 'event.current', 'event.previous'] : mailText,
    }),
  })),
);

/** What each webhook is for: not every account has a help center, or agents whose availability is counted. */
export const areas: Readonly<Record<string, { readonly label: string; readonly objects: readonly string[] }>> = {
  support: { label: 'Tickets, users and organizations', objects: ['ticket', 'user', 'organization'] },
  guide: { label: 'Help center', objects: ['article'] },
  agents: { label: 'Availability of agents', objects: ['agent'] },
};

function payload(object: string, verb: string): JsonSchema {
  return output(['type', 'id', 'account_id', 'time', 'subject', 'detail', 'event'], {
    type: field('string', 'What happened', { const: `zen:event-type:${object}.${verb}` }),
    id: field('string', 'Id of the event'),
    account_id: field('integer', 'Number of the account'),
    time: field('string', 'When it happened'),
    subject: field('string', `What it is about: zen:${object}:<id>`),
    zendesk_event_version: field('string', 'Version of the payload'),
    detail: output([], { id: field(['string', 'integer'], `Id of the ${object}`) }),
    event: field('object', 'What changed: `current` and `previous`, or what came and went'),
  });
}
