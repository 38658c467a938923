import type { API } from '@discordjs/core';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of Discord.js’s REST client. */
export type Operation = Methods<API>;

export const operations = {
  'guild.list': 'users.getGuilds',
  'guild.get': 'guilds.get',
  'channel.list': 'guilds.getChannels',
  'channel.get': 'channels.get',
  'channel.create': 'guilds.createChannel',
  'channel.update': 'channels.edit',
  'channel.delete': 'channels.delete',
  'message.send': 'channels.createMessage',
  'message.get': 'channels.getMessage',
  'message.history': 'channels.getMessages',
  'message.update': 'channels.editMessage',
  'message.delete': 'channels.deleteMessage',
  'message.bulk_delete': 'channels.bulkDeleteMessages',
  'message.pin': 'channels.pinMessage',
  'message.unpin': 'channels.unpinMessage',
  'message.crosspost': 'channels.crosspostMessage',
  'reaction.add': 'channels.addMessageReaction',
  'reaction.remove': 'channels.deleteOwnMessageReaction',
  'reaction.list': 'channels.getMessageReactions',
  'thread.create': 'channels.createThread',
  'thread.list': 'guilds.getActiveThreads',
  'thread.add_member': 'threads.addMember',
  'member.get': 'guilds.getMember',
  'member.list': 'guilds.getMembers',
  'member.search': 'guilds.searchForMembers',
  'member.update': 'guilds.editMember',
  'member.add_role': 'guilds.addRoleToMember',
  'member.remove_role': 'guilds.removeRoleFromMember',
  'member.remove': 'guilds.removeMember',
  'member.ban': 'guilds.banUser',
  'role.list': 'guilds.getRoles',
  'role.create': 'guilds.createRole',
  'direct_message.open': 'users.createDM',
  'invite.create': 'channels.createInvite',
  'scheduled_event.list': 'guilds.getScheduledEvents',
  'scheduled_event.create': 'guilds.createScheduledEvent',
  'scheduled_event.delete': 'guilds.deleteScheduledEvent',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'channels.shout' satisfies Operation;
