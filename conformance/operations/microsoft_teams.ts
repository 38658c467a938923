import type * as Graph from '@microsoft/microsoft-graph-types';
import type { Entries } from './entry.ts';

/** The vendor’s types have entities and no operations: an action names the entity it reads or changes. */
export type Operation = keyof Entities;

type Entities = {
  Channel: Graph.Channel;
  Chat: Graph.Chat;
  ChatMessage: Graph.ChatMessage;
  ConversationMember: Graph.ConversationMember;
  OnlineMeeting: Graph.OnlineMeeting;
  Team: Graph.Team;
  User: Graph.User;
};

export const operations = {
  'channel_message.send': 'ChatMessage',
  'channel_message.reply': 'ChatMessage',
  'channel_message.list': 'ChatMessage',
  'channel_message.get': 'ChatMessage',
  'channel_message.list_replies': 'ChatMessage',
  'chat_message.send': 'ChatMessage',
  'chat_message.list': 'ChatMessage',
  'chat_message.get': 'ChatMessage',
  'chat.create': 'Chat',
  'chat.list': 'Chat',
  'chat.get': 'Chat',
  'chat.update': 'Chat',
  'chat.list_members': 'ConversationMember',
  'team.list': 'Team',
  'team.get': 'Team',
  'channel.list': 'Channel',
  'channel.get': 'Channel',
  'channel.create': 'Channel',
  'channel.update': 'Channel',
  'channel.delete': 'Channel',
  'team_member.list': 'ConversationMember',
  'team_member.add': 'ConversationMember',
  'team_member.remove': 'ConversationMember',
  'meeting.create': 'OnlineMeeting',
  'meeting.get': 'OnlineMeeting',
  'user.list': 'User',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such entity.
export type Missing = Graph.Shout;
