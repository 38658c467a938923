import type { WebClient } from '@slack/web-api';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of the Web API. */
export type Operation = Methods<WebClient, 4>;

export const operations = {
  'message.post': 'chat.postMessage',
  'message.update': 'chat.update',
  'message.delete': 'chat.delete',
  'message.schedule': 'chat.scheduleMessage',
  'thread.get_replies': 'conversations.replies',
  'reaction.add': 'reactions.add',
  'reaction.remove': 'reactions.remove',
  'pin.add': 'pins.add',
  'pin.remove': 'pins.remove',
  'file.upload': ['files.getUploadURLExternal', 'files.completeUploadExternal'],
  'file.info': 'files.info',
  'channel.create': 'conversations.create',
  'channel.get': 'conversations.info',
  'channel.list': 'conversations.list',
  'channel.history': 'conversations.history',
  'channel.invite': 'conversations.invite',
  'channel.join': 'conversations.join',
  'channel.archive': 'conversations.archive',
  'dm.open': 'conversations.open',
  'user.get': 'users.info',
  'user.list': 'users.list',
  'user.lookup': 'users.lookupByEmail',
  'user.profile': 'users.profile.get',
  'workspace.info': 'team.info',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such method.
'chat.shout' satisfies Operation;
