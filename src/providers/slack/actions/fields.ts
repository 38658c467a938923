import { field, integer, listOf, output, text } from '../../kit/schema.ts';
import type { Action, JsonSchema } from '../../provider.ts';

export const channelReference: Action['references'][number] = { field: 'channel', type: 'slack.channel' };
export const userReference: Action['references'][number] = { field: 'user', type: 'slack.user' };

export const channel = text('Channel id', 32);
export const user = text('User id', 32);
export const timestamp = text('`ts` of the message', 32, { pattern: '^\\d{1,12}\\.\\d{1,9}$' });
export const threadTimestamp = text('`ts` of the message whose thread it goes to', 32, {
  pattern: '^\\d{1,12}\\.\\d{1,9}$',
});
/** Slack cuts at 40,000 characters. */
export const messageText = text('Text in mrkdwn; beside blocks, what notifications show', 40_000);
export const blocks = listOf('Block Kit blocks', { type: 'object', required: ['type'] }, 50);

export const cursor = text('`next_cursor` of the page before', 512);
export function limit(description: string): JsonSchema {
  return integer(description, 1, 200);
}

export const nextCursor = output([], {
  next_cursor: field('string', 'Cursor of the next page, empty at the end'),
});

export const sentMessage = output(['channel', 'ts'], {
  channel: field('string', 'Channel id'),
  ts: field('string', 'Id of the message in its channel'),
  message: field('object', 'The message as Slack keeps it'),
});

export const conversation = output(['id'], {
  id: field('string', 'Channel id'),
  name: field('string', 'Name without #'),
  is_private: field('boolean', 'Whether it is private'),
  is_archived: field('boolean', 'Whether it is archived'),
  num_members: field('integer', 'Number of members'),
});

export const member = output(['id'], {
  id: field('string', 'User id'),
  name: field('string', 'Handle'),
  real_name: field('string', 'Full name'),
  deleted: field('boolean', 'Whether the account is switched off'),
  is_bot: field('boolean', 'Whether it is an app'),
  profile: field('object', 'Display name, title, e-mail where the scope allows'),
});

export const done = output(['ok'], { ok: field('boolean', 'Whether Slack did it') });

export const messages = output(['messages'], {
  messages: field('array', 'Messages, newest first', {
    items: output(['ts'], {
      ts: field('string', 'Id of the message in its channel'),
      user: field('string', 'Who wrote it'),
      text: field('string', 'Text'),
      thread_ts: field('string', 'Message the thread hangs on'),
      reply_count: field('integer', 'Replies in its thread'),
    }),
  }),
  has_more: field('boolean', 'Whether there are more'),
  response_metadata: nextCursor,
});
