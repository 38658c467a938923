import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const id = (what: string) => text(`${what} id`, 256);
const inTeam = { team: 'team' };
const team = picked('microsoft_teams.team', id('Team'));
const channel = picked('microsoft_teams.channel', id('Channel'), inTeam);
const chat = picked('microsoft_teams.chat', id('Chat'));
const user = picked('microsoft_teams.user', id('Person'));
const member = picked('microsoft_teams.team_member', id('Membership'), inTeam);
const message = id('Message');
const page = { top: integer('At most', 1, 50), skip_token: text('`$skiptoken` of the next page’s address', 2_048) };
const content = { content: text('Text', 28_000) };
const more = {
  content_type: choice('Whether the text is HTML', ['text', 'html']),
  subject: text('Subject', 255),
  importance: choice('How urgent', ['normal', 'high', 'urgent']),
};

const aMessage = output(['id'], {
  id: field('string', 'Message id'),
  createdDateTime: field('string', 'When it was written'),
  from: field(['object', 'null'], 'Who wrote it'),
  body: field('object', 'contentType and content'),
  webUrl: field(['string', 'null'], 'Page of the message'),
});
const object = (what: string, fields: Readonly<Record<string, JsonSchema>> = {}) =>
  output(['id'], { id: field('string', `${what} id`), displayName: field('string', 'Name'), ...fields });
const aChannel = object('Channel', { membershipType: field('string', 'standard, private or shared') });
const aChat = output(['id'], {
  id: field('string', 'Chat id'),
  topic: field(['string', 'null'], 'Topic'),
  chatType: field('string', 'oneOnOne, group or meeting'),
});
const aMember = object('Membership', { roles: field('array', 'owner, or none'), email: field('string', 'Address') });
const aMeeting = output(['id', 'joinWebUrl'], {
  id: field('string', 'Meeting id'),
  joinWebUrl: field('string', 'Where to join'),
  subject: field(['string', 'null'], 'Subject'),
});
const list = (of: JsonSchema, what: string) =>
  output(['value'], { value: field('array', what, { items: of }), '@odata.nextLink': field('string', 'Next page') });

const reads = (...scopes: readonly string[]) => ({ effect: READS, scopes });
const adds = (...scopes: readonly string[]) => ({ effect: ADDS, scopes });
const sets = (...scopes: readonly string[]) => ({ effect: SETS, scopes });

export const actions: readonly Action[] = [
  action('microsoft_teams.channel_message.send', 'Post in a channel', 'Writes a message in a channel.', {
    ...adds('ChannelMessage.Send'),
    needs: { team, channel, ...content },
    takes: more,
    gives: aMessage,
  }),
  action('microsoft_teams.channel_message.reply', 'Reply in a channel', 'Answers a message of a channel.', {
    ...adds('ChannelMessage.Send'),
    needs: { team, channel, message, ...content },
    takes: { content_type: more.content_type },
    gives: aMessage,
  }),
  action('microsoft_teams.channel_message.list', 'List messages of a channel', 'Reads messages, the newest first.', {
    ...reads('ChannelMessage.Read.All'),
    needs: { team, channel },
    takes: page,
    gives: list(aMessage, 'Messages'),
  }),
  action('microsoft_teams.channel_message.get', 'Get a message', 'Reads a message of a channel.', {
    ...reads('ChannelMessage.Read.All'),
    needs: { team, channel, message },
    gives: aMessage,
  }),
  action('microsoft_teams.channel_message.list_replies', 'List replies', 'Reads the answers to a message.', {
    ...reads('ChannelMessage.Read.All'),
    needs: { team, channel, message },
    takes: page,
    gives: list(aMessage, 'Messages'),
  }),
  action('microsoft_teams.chat_message.send', 'Write in a chat', 'Writes a message in a chat.', {
    ...adds('Chat.ReadWrite'),
    needs: { chat, ...content },
    takes: { content_type: more.content_type, importance: more.importance },
    gives: aMessage,
  }),
  action('microsoft_teams.chat_message.list', 'List messages of a chat', 'Reads messages, the newest first.', {
    ...reads('Chat.ReadWrite'),
    needs: { chat },
    takes: page,
    gives: list(aMessage, 'Messages'),
  }),
  action('microsoft_teams.chat_message.get', 'Get a chat message', 'Reads a message of a chat.', {
    ...reads('Chat.ReadWrite'),
    needs: { chat, message },
    gives: aMessage,
  }),
  action(
    'microsoft_teams.chat.create',
    'Open a chat',
    'Opens a new group chat; with one person finds the chat there is.',
    {
      ...adds('Chat.ReadWrite', 'User.ReadBasic.All'),
      needs: { users: picked('microsoft_teams.user', listOf('Who is in it', id('Person'), 20)) },
      takes: { topic: text('Topic of a group', 250) },
      gives: aChat,
    },
  ),
  action('microsoft_teams.chat.list', 'List chats', 'Reads the chats that the person is in.', {
    ...reads('Chat.ReadWrite'),
    takes: page,
    gives: list(aChat, 'Chats'),
  }),
  action('microsoft_teams.chat.get', 'Get a chat', 'Reads a chat.', {
    ...reads('Chat.ReadWrite'),
    needs: { chat },
    gives: aChat,
  }),
  action('microsoft_teams.chat.update', 'Rename a chat', 'Gives a group chat another topic.', {
    ...sets('Chat.ReadWrite'),
    needs: { chat, topic: text('Topic', 250) },
    gives: aChat,
  }),
  action('microsoft_teams.chat.list_members', 'List members of a chat', 'Reads who is in a chat.', {
    ...reads('Chat.ReadWrite'),
    needs: { chat },
    gives: list(aMember, 'Members'),
  }),
  action('microsoft_teams.team.list', 'List teams', 'Reads the teams that the person is in.', {
    ...reads('Team.ReadBasic.All'),
    gives: list(object('Team'), 'Teams'),
  }),
  action('microsoft_teams.team.get', 'Get a team', 'Reads a team.', {
    ...reads('Team.ReadBasic.All'),
    needs: { team },
    gives: object('Team'),
  }),
  action('microsoft_teams.channel.list', 'List channels', 'Reads the channels of a team.', {
    ...reads('Channel.ReadBasic.All'),
    needs: { team },
    gives: list(aChannel, 'Channels'),
  }),
  action('microsoft_teams.channel.get', 'Get a channel', 'Reads a channel.', {
    ...reads('Channel.ReadBasic.All'),
    needs: { team, channel },
    gives: aChannel,
  }),
  action('microsoft_teams.channel.create', 'Create a channel', 'Makes a channel in a team.', {
    ...adds('Channel.Create'),
    needs: { team, display_name: text('Name', 50) },
    takes: {
      description: text('Text', 1_024),
      membership_type: choice('Who may see it', ['standard', 'private', 'shared']),
    },
    gives: aChannel,
  }),
  action('microsoft_teams.channel.update', 'Update a channel', 'Changes name or description of a channel.', {
    ...sets('ChannelSettings.ReadWrite.All'),
    needs: { team, channel },
    takes: { display_name: text('Name', 50), description: text('Text', 1_024) },
    atLeast: 3,
    gives: done,
  }),
  action(
    'microsoft_teams.channel.delete',
    'Delete a channel',
    'Deletes a channel; owners can restore it for 30 days.',
    {
      effect: REMOVES,
      scopes: ['Channel.Delete.All'],
      needs: { team, channel },
      gives: done,
    },
  ),
  action('microsoft_teams.team_member.list', 'List members of a team', 'Reads who is in a team.', {
    ...reads('TeamMember.Read.All'),
    needs: { team },
    takes: { top: integer('At most', 1, 999), skip_token: page.skip_token },
    gives: list(aMember, 'Members'),
  }),
  action('microsoft_teams.team_member.add', 'Add a member', 'Takes a person into a team.', {
    ...sets('TeamMember.ReadWrite.All', 'User.ReadBasic.All'),
    risk: 'HIGH',
    needs: { team, user },
    takes: { role: choice('As what', ['owner', 'member']) },
    gives: aMember,
  }),
  action('microsoft_teams.team_member.remove', 'Remove a member', 'Takes a person out of a team.', {
    effect: REMOVES,
    scopes: ['TeamMember.ReadWrite.All'],
    needs: { team, member },
    gives: done,
  }),
  action('microsoft_teams.meeting.create', 'Create a meeting', 'Makes an online meeting that is in no calendar.', {
    ...adds('OnlineMeetings.ReadWrite'),
    needs: {
      start: text('When it begins', 40, { format: 'date-time' }),
      end: text('When it ends', 40, { format: 'date-time' }),
    },
    takes: { subject: text('Subject', 255) },
    gives: aMeeting,
  }),
  action('microsoft_teams.meeting.get', 'Get a meeting', 'Reads an online meeting.', {
    ...reads('OnlineMeetings.ReadWrite'),
    needs: { meeting: id('Meeting') },
    gives: aMeeting,
  }),
  action('microsoft_teams.user.list', 'List people', 'Reads the people of the organization.', {
    ...reads('User.ReadBasic.All'),
    takes: { top: integer('At most', 1, 999), skip_token: page.skip_token },
    gives: list(object('Person', { mail: field(['string', 'null'], 'Address') }), 'People'),
  }),
];
