import { ADDS, READS, REMOVES, SETS } from '../../kit/effects.ts';
import { choice, field, flag, input, listOf, output, text } from '../../kit/schema.ts';
import type { Action } from '../../provider.ts';
import { channel, channelReference, conversation, cursor, done, limit, messages, nextCursor, user } from './fields.ts';

const active = { runtimeState: 'ACTIVE', references: [channelReference] } as const;
const oneChannel = output(['channel'], { channel: conversation });
const moment = { pattern: '^\\d{1,12}(\\.\\d{1,9})?$' };

export const channelActions: readonly Action[] = [
  {
    ...active,
    name: 'slack.channel.create',
    title: 'Create a channel',
    description: 'Creates a channel; the app becomes its first member. A private one needs the scope groups:write too.',
    risk: 'MEDIUM',
    annotations: ADDS,
    scopes: ['channels:manage'],
    references: [],
    inputSchema: input(['name'], {
      name: text('Lower case letters, digits, hyphens and underscores', 80, { pattern: '^[^A-Z\\s]+$' }),
      is_private: flag('Only for those invited'),
    }),
    outputSchema: oneChannel,
  },
  {
    ...active,
    name: 'slack.channel.get',
    title: 'Get a channel',
    description: 'Reads name, topic, purpose and state of a channel.',
    risk: 'LOW',
    annotations: READS,
    scopes: ['channels:read'],
    inputSchema: input(['channel'], { channel, include_num_members: flag('Count its members') }),
    outputSchema: oneChannel,
  },
  {
    ...active,
    name: 'slack.channel.list',
    title: 'List channels',
    description: 'Reads the channels of the workspace, a page at a time.',
    risk: 'LOW',
    annotations: READS,
    scopes: ['channels:read', 'groups:read'],
    references: [],
    inputSchema: input([], {
      types: listOf('Kinds of channel', choice('Kind', ['public_channel', 'private_channel']), 2),
      exclude_archived: flag('Leave archived ones out'),
      limit: limit('Channels at most'),
      cursor,
    }),
    outputSchema: output(['channels'], {
      channels: field('array', 'Channels', { items: conversation }),
      response_metadata: nextCursor,
    }),
  },
  {
    ...active,
    name: 'slack.channel.history',
    title: 'Read a channel',
    description: 'Reads messages of a channel the app is in, newest first.',
    risk: 'LOW',
    annotations: READS,
    scopes: ['channels:history'],
    inputSchema: input(['channel'], {
      channel,
      oldest: text('Only messages after this time, in seconds since 1970', 32, moment),
      latest: text('Only messages before this time, in seconds since 1970', 32, moment),
      inclusive: flag('Include the two limits'),
      limit: limit('Messages at most'),
      cursor,
    }),
    outputSchema: messages,
  },
  {
    ...active,
    name: 'slack.channel.invite',
    title: 'Invite to a channel',
    description: 'Adds people to a channel the app is in.',
    risk: 'MEDIUM',
    annotations: SETS,
    scopes: ['channels:write.invites'],
    references: [channelReference, { field: 'users', type: 'slack.user' }],
    inputSchema: input(['channel', 'users'], { channel, users: listOf('User ids', user, 100) }),
    outputSchema: oneChannel,
  },
  {
    ...active,
    name: 'slack.channel.join',
    title: 'Join a channel',
    description: 'Makes the app a member of a public channel.',
    risk: 'LOW',
    annotations: SETS,
    scopes: ['channels:join'],
    inputSchema: input(['channel'], { channel }),
    outputSchema: oneChannel,
  },
  {
    ...active,
    name: 'slack.channel.archive',
    title: 'Archive a channel',
    description:
      'Closes a channel for new messages; the app cannot open it again, a person can. A private one needs groups:write.',
    risk: 'HIGH',
    annotations: REMOVES,
    scopes: ['channels:manage'],
    inputSchema: input(['channel'], { channel }),
    outputSchema: done,
  },
  {
    ...active,
    name: 'slack.dm.open',
    title: 'Open a direct message',
    description: 'Opens, or finds, the conversation with one person. Several people need the scope mpim:write too.',
    risk: 'LOW',
    annotations: SETS,
    scopes: ['im:write'],
    references: [{ field: 'users', type: 'slack.user' }],
    inputSchema: input(['users'], { users: listOf('User ids', user, 8) }),
    outputSchema: oneChannel,
  },
];
