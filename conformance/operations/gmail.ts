import type { gmail_v1 } from '@googleapis/gmail';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of the API. */
export type Operation = Methods<gmail_v1.Gmail, 4>;

export const operations = {
  'message.send': 'users.messages.send',
  'message.reply': 'users.messages.send',
  'message.create_draft': 'users.drafts.create',
  'message.list': 'users.messages.list',
  'message.get': 'users.messages.get',
  'message.modify_labels': 'users.messages.modify',
  'message.archive': 'users.messages.modify',
  'message.mark_read': 'users.messages.modify',
  'message.mark_unread': 'users.messages.modify',
  'message.star': 'users.messages.modify',
  'message.trash': 'users.messages.trash',
  'message.untrash': 'users.messages.untrash',
  'message.modify_many': 'users.messages.batchModify',
  'attachment.get': 'users.messages.attachments.get',
  'thread.list': 'users.threads.list',
  'thread.get': 'users.threads.get',
  'thread.modify_labels': 'users.threads.modify',
  'thread.trash': 'users.threads.trash',
  'draft.list': 'users.drafts.list',
  'draft.get': 'users.drafts.get',
  'draft.send': 'users.drafts.send',
  'draft.delete': 'users.drafts.delete',
  'label.list': 'users.labels.list',
  'label.create': 'users.labels.create',
  'label.delete': 'users.labels.delete',
  'profile.get': 'users.getProfile',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'users.messages.shout' satisfies Operation;
