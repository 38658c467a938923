import { eventType } from '../kit/event_type.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType } from '../provider.ts';

/** Topics by the object they begin with. Source: developers.intercom.com/docs/references/webhooks/webhook-models. */
const OBJECTS: Readonly<Record<string, { readonly a: string; readonly does: string }>> = {
  admin: {
    a: 'A teammate',
    does: 'activity_log_event.created added_to_workspace away_mode_updated logged_in logged_out removed_from_workspace',
  },
  article: { a: 'A help center article', does: 'created deleted published unpublished updated' },
  call: { a: 'A call', does: 'ended recording_available started transcription_available' },
  company: { a: 'A company', does: 'contact.attached contact.detached created deleted updated' },
  contact: {
    a: 'A contact',
    does:
      'archived deleted email.updated lead.added_email lead.created lead.signed_up lead.tag.created lead.tag.deleted ' +
      'lead.updated merged subscribed unarchive unsubscribed user.created user.tag.created user.tag.deleted ' +
      'user.updated',
  },
  conversation: {
    a: 'A conversation',
    does:
      'admin.assigned admin.closed admin.noted admin.open.assigned admin.opened admin.replied admin.single.created ' +
      'admin.snoozed admin.unsnoozed company.updated contact.attached contact.detached deleted operator.replied ' +
      'priority.updated rating.added read user.created user.replied',
  },
  conversation_part: { a: 'A part of a conversation', does: 'redacted tag.created' },
  content_stat: {
    a: 'Somebody met outbound content',
    does:
      'banner carousel chat checklist custom_bot email news_item post push series series.webhook sms survey ' +
      'tooltip_group tour',
  },
  event: { a: 'An event of a contact', does: 'created' },
  api: { a: 'The API', does: 'request.completed' },
  job: { a: 'A job', does: 'completed' },
  granular: { a: 'A contact’s choice of a kind of message', does: 'subscribe unsubscribe' },
  ticket: {
    a: 'A ticket',
    does:
      'admin.assigned admin.replied attribute.updated closed contact.attached contact.detached contact.replied created ' +
      'note.created rating.provided resolved state.updated team.assigned',
  },
  visitor: { a: 'A visitor', does: 'signed_up' },
  data_connector: { a: 'A data connector', does: 'execution.completed' },
};

/** What was written, which for many workspaces is the text of e-mails. */
const MAIL_TEXT = [
  'data.item.source.body',
  'data.item.source.subject',
  'data.item.conversation_message.body',
  'data.item.conversation_parts.conversation_parts.*.body',
  'data.item.ticket_part.body',
  'data.item.ticket_parts.ticket_parts.*.body',
];
const WRITTEN = new Set(['conversation', 'conversation_part', 'ticket']);

export const eventTypes: readonly EventType[] = Object.entries(OBJECTS).flatMap(([object, { a, does }]) =>
  does.split(' ').map(rest => ({
    ...eventType(`intercom.${object}.${rest}`, `${a}: ${rest.replaceAll(/[._]/g, ' ')}.`, payload(`${object}.${rest}`)),
    ...(WRITTEN.has(object) && { mailText: MAIL_TEXT }),
  })),
);

function payload(topic: string) {
  return output(['type', 'topic', 'app_id', 'data'], {
    type: field('string', 'Kind of object', { const: 'notification_event' }),
    id: field('string', 'Id of the notification'),
    topic: field('string', 'What happened', { const: topic }),
    app_id: field('string', 'Workspace'),
    created_at: field('integer', 'Seconds since 1970'),
    delivery_attempts: field('integer', 'How often it was sent'),
    data: output(['item'], {
      item: output([], {
        type: field('string', 'Kind of object'),
        id: field(['string', 'integer'], 'Id of the object'),
      }),
    }),
  });
}
