import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

/** Source: docs.discord.com/developers/resources; discord-api-types 0.38, Routes. */

type Rest = Omit<Parameters<typeof action>[3], 'effect'>;

const snowflake = (what: string) => text(`${what} id`, 20, { pattern: '^[0-9]{15,20}$' });
const guild = picked('discord.guild', snowflake('Server'));
const inGuild = { guild: 'guild' };
const channel = picked('discord.channel', snowflake('Channel or thread'), inGuild);
const member = picked('discord.member', snowflake('Member'), inGuild);
const role = picked('discord.role', snowflake('Role'), inGuild);
const scheduledEvent = picked('discord.scheduled_event', snowflake('Scheduled event'), inGuild);
const message = snowflake('Message');
const emoji = text('The emoji itself, or name:id of a server’s own', 100);
const limit = (most: number) => integer('Objects at most', 1, most);
const name = text('Name', 100);

/** Discord answers a list as such; the service gives it as `items`. */
const list = (item: JsonSchema) => output(['items'], { items: field('array', 'The objects', { items: item }) });
const object = (what: string, more: Readonly<Record<string, JsonSchema>> = {}) =>
  output(['id'], { id: field('string', `${what} id`), ...more });
const named = { name: field(['string', 'null'], 'Name') };
const aGuild = object('Server', named);
const aChannel = object('Channel', {
  ...named,
  type: field('integer', 'Kind of channel'),
  topic: field(['string', 'null'], 'Topic'),
});
const aMessage = object('Message', {
  channel_id: field('string', 'Channel'),
  content: field('string', 'Text'),
  author: field('object', 'Who wrote it: id, username'),
  timestamp: field('string', 'When'),
});
const aMember = output(['roles'], {
  user: field('object', 'Who it is: id, username'),
  nick: field(['string', 'null'], 'Name in the server'),
  roles: field('array', 'Ids of roles'),
});
const aRole = object('Role', named);
const anEvent = object('Scheduled event', { ...named, scheduled_start_time: field('string', 'When it begins') });

const words = {
  content: text('Text, in Discord’s Markdown', 2_000),
  embeds: listOf('Embeds in Discord’s form', { type: 'object', description: 'An embed', maxProperties: 20 }, 10),
  suppress_mentions: flag('Whether nobody is notified of mentions'),
};
const moment = (what: string) => text(what, 40, { format: 'date-time' });

const effects = { reads: READS, adds: ADDS, sets: SETS, removes: REMOVES } as const;
/** In a server, which the pickers depend on. */
const each = (
  effect: keyof typeof effects,
  verb: string,
  title: string,
  description: string,
  { needs, ...rest }: Rest,
): Action =>
  action(`discord.${verb}`, title, description, { effect: effects[effect], needs: { guild, ...needs }, ...rest });

export const actions: readonly Action[] = [
  action('discord.guild.list', 'List servers', 'Reads the servers that the bot is in.', {
    effect: READS,
    takes: { limit: limit(200), after: snowflake('Last server of the page before:') },
    gives: list(aGuild),
  }),
  each('reads', 'guild.get', 'Get a server', 'Reads a server.', { gives: aGuild }),
  each('reads', 'channel.list', 'List channels', 'Reads the channels of a server.', { gives: list(aChannel) }),
  each('reads', 'channel.get', 'Get a channel', 'Reads a channel or thread.', { needs: { channel }, gives: aChannel }),
  each('adds', 'channel.create', 'Create a channel', 'Makes a channel in a server.', {
    needs: { name },
    takes: {
      type: choice('Kind', ['text', 'voice', 'category', 'announcement', 'stage', 'forum']),
      topic: text('Topic', 1_024),
      parent: picked('discord.channel', snowflake('Category'), inGuild),
    },
    gives: aChannel,
  }),
  each('sets', 'channel.update', 'Update a channel', 'Changes the given fields of a channel or thread.', {
    needs: { channel },
    takes: {
      name,
      topic: text('Topic', 1_024),
      archived: flag('Puts a thread away, or brings it back'),
      locked: flag('Whether only moderators write in a thread'),
      rate_limit_per_user: integer('Seconds between messages of one person', 0, 21_600),
    },
    atLeast: 3,
    gives: aChannel,
  }),
  each('removes', 'channel.delete', 'Delete a channel', 'Deletes a channel or thread with all its messages.', {
    risk: 'CRITICAL',
    needs: { channel },
    gives: aChannel,
  }),
  each('adds', 'message.send', 'Send a message', 'Writes in a channel or thread; text or embeds, or both.', {
    needs: { channel },
    takes: { ...words, reply_to: snowflake('Message that is answered:') },
    atLeast: 3,
    gives: aMessage,
  }),
  each('reads', 'message.get', 'Get a message', 'Reads a message.', { needs: { channel, message }, gives: aMessage }),
  each('reads', 'message.history', 'Read messages', 'Reads the messages of a channel or thread, the newest first.', {
    needs: { channel },
    takes: {
      limit: limit(100),
      before: snowflake('Only older than message'),
      after: snowflake('Only newer than message'),
    },
    gives: list(aMessage),
  }),
  each('sets', 'message.update', 'Edit a message', 'Replaces text or embeds of a message of the bot’s own.', {
    needs: { channel, message },
    takes: words,
    atLeast: 4,
    gives: aMessage,
  }),
  each('removes', 'message.delete', 'Delete a message', 'Deletes a message.', {
    needs: { channel, message },
    gives: done,
  }),
  each('removes', 'message.bulk_delete', 'Delete messages', 'Deletes messages that are not older than two weeks.', {
    needs: { channel, messages: { ...listOf('Messages', message, 100), minItems: 2 } },
    gives: done,
  }),
  each('sets', 'message.pin', 'Pin a message', 'Keeps a message on top.', { needs: { channel, message }, gives: done }),
  each('sets', 'message.unpin', 'Unpin a message', 'Takes a message off the top.', {
    needs: { channel, message },
    gives: done,
  }),
  each(
    'adds',
    'message.crosspost',
    'Publish a message',
    'Sends a message of an announcement channel to all that follow it.',
    {
      risk: 'HIGH',
      needs: { channel, message },
      gives: aMessage,
    },
  ),
  each('sets', 'reaction.add', 'React', 'Puts an emoji on a message.', {
    needs: { channel, message, emoji },
    gives: done,
  }),
  each('sets', 'reaction.remove', 'Take a reaction back', 'Takes the bot’s emoji off a message.', {
    needs: { channel, message, emoji },
    gives: done,
  }),
  each('reads', 'reaction.list', 'List who reacted', 'Reads who put an emoji on a message.', {
    needs: { channel, message, emoji },
    takes: { limit: limit(100), after: snowflake('Last user of the page before:') },
    gives: list(object('User', { username: field('string', 'Name') })),
  }),
  each('adds', 'thread.create', 'Start a thread', 'Begins a thread in a channel, from a message where one is given.', {
    needs: { channel, name },
    takes: {
      message,
      content: text('First message, for forums', 2_000),
      auto_archive_minutes: {
        type: 'integer',
        description: 'Minutes of silence until it is put away',
        enum: [60, 1_440, 4_320, 10_080],
      },
      is_private: flag('Whether only those invited see it'),
    },
    gives: aChannel,
  }),
  each('reads', 'thread.list', 'List threads', 'Reads the threads of a server that are not put away.', {
    gives: output(['threads'], { threads: field('array', 'Threads', { items: aChannel }) }),
  }),
  each('sets', 'thread.add_member', 'Add to a thread', 'Brings a member into a thread.', {
    needs: { thread: picked('discord.thread', snowflake('Thread'), inGuild), member },
    gives: done,
  }),
  each('reads', 'member.get', 'Get a member', 'Reads a member of a server.', { needs: { member }, gives: aMember }),
  each('reads', 'member.list', 'List members', 'Reads the members of a server.', {
    takes: { limit: limit(1_000), after: snowflake('Last member of the page before:') },
    gives: list(aMember),
  }),
  each('reads', 'member.search', 'Search members', 'Finds members whose name begins so.', {
    needs: { query: text('Beginning of the name', 32) },
    takes: { limit: limit(1_000) },
    gives: list(aMember),
  }),
  each(
    'sets',
    'member.update',
    'Update a member',
    'Changes a member’s name in the server, or silences them for a time.',
    {
      risk: 'HIGH',
      needs: { member },
      takes: { nick: text('Name in the server', 32), timeout_until: moment('Until when they may not write') },
      atLeast: 3,
      gives: aMember,
    },
  ),
  each('sets', 'member.add_role', 'Give a role', 'Gives a member a role.', {
    risk: 'HIGH',
    needs: { member, role },
    gives: done,
  }),
  each('sets', 'member.remove_role', 'Take a role', 'Takes a role from a member.', {
    risk: 'HIGH',
    needs: { member, role },
    gives: done,
  }),
  each('removes', 'member.remove', 'Remove a member', 'Puts a member out of the server; they may come back.', {
    needs: { member },
    gives: done,
  }),
  each('removes', 'member.ban', 'Ban a member', 'Puts a member out of the server for good.', {
    risk: 'CRITICAL',
    needs: { member },
    takes: { delete_message_seconds: integer('Seconds back in which their messages are deleted', 0, 604_800) },
    gives: done,
  }),
  each('reads', 'role.list', 'List roles', 'Reads the roles of a server.', { gives: list(aRole) }),
  each('adds', 'role.create', 'Create a role', 'Makes a role without rights of its own.', {
    risk: 'HIGH',
    needs: { name },
    takes: { color: integer('Colour as a number', 0, 16_777_215), mentionable: flag('Whether anybody may mention it') },
    gives: aRole,
  }),
  action(
    'discord.direct_message.open',
    'Open a direct message',
    'Opens a conversation with a user, to send messages to.',
    {
      effect: SETS,
      needs: { user: snowflake('User') },
      gives: aChannel,
    },
  ),
  each('adds', 'invite.create', 'Create an invitation', 'Makes a link by which people join through a channel.', {
    risk: 'HIGH',
    needs: { channel },
    takes: {
      max_age: integer('Seconds it is good for; 0: for ever', 0, 604_800),
      max_uses: integer('Uses at most; 0: any', 0, 100),
    },
    gives: output(['code'], { code: field('string', 'What stands after discord.gg/') }),
  }),
  each('reads', 'scheduled_event.list', 'List scheduled events', 'Reads what a server has planned.', {
    gives: list(anEvent),
  }),
  each('adds', 'scheduled_event.create', 'Schedule an event', 'Plans an event at a place outside Discord.', {
    needs: {
      name,
      location: text('Place', 100),
      start_time: moment('When it begins'),
      end_time: moment('When it ends'),
    },
    takes: { description: text('Text', 1_000) },
    gives: anEvent,
  }),
  each('removes', 'scheduled_event.delete', 'Delete a scheduled event', 'Takes an event off the plan.', {
    needs: { scheduled_event: scheduledEvent },
    gives: done,
  }),
];
