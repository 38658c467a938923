import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

/** Source: core.telegram.org/bots/api; @grammyjs/types 5.0, methods. */

type Rest = Omit<Parameters<typeof action>[3], 'effect'>;

const chat = text('Chat: its id, or @ and the login of a public one', 64, {
  pattern: '^(-?[0-9]{1,16}|@[A-Za-z0-9_]{4,32})$',
});
const message = integer('Number of the message in the chat', 1, 2_147_483_647);
const user = text('User id', 16, { pattern: '^[0-9]+$' });
const words = text('Text', 4_096);
const caption = text('Text below it', 1_024);
const file = text('Address, or file_id of what Telegram has', 2_048);
const parseMode = choice('How the text is marked up', ['HTML', 'MarkdownV2']);
const topic = integer('Topic of a forum', 1, 2_147_483_647);
const buttons: JsonSchema = listOf(
  'Rows of buttons below it',
  listOf(
    'A row',
    {
      type: 'object',
      description: 'A button: with a link, or with data that comes back when it is pressed',
      additionalProperties: false,
      required: ['text'],
      properties: {
        text: text('What stands on it', 64),
        url: text('Link', 2_048, { format: 'uri' }),
        callback_data: text('Data', 64),
      },
    },
    8,
  ),
  50,
);
const sending = {
  parse_mode: parseMode,
  message_thread_id: topic,
  reply_to_message_id: message,
  disable_notification: flag('Whether it makes no sound'),
  protect_content: flag('Whether it cannot be passed on'),
  buttons,
};
const moment = (what: string) => integer(`${what}, in seconds since 1970`, 0, 4_102_444_800);

const result = (of: JsonSchema) => output(['result'], { result: of });
const aMessage = result(
  output(['message_id'], {
    message_id: field('integer', 'Number in the chat'),
    date: field('integer', 'When'),
    chat: field('object', 'Chat: id, title'),
  }),
);
const isDone = result(field('boolean', 'Whether it was done'));
const aMember = result(
  output(['status'], {
    status: field('string', 'creator, administrator, member, restricted, left or kicked'),
    user: field('object', 'Who it is'),
  }),
);

const effects = { reads: READS, adds: ADDS, sets: SETS, removes: REMOVES } as const;
const inChat = (
  effect: keyof typeof effects,
  verb: string,
  title: string,
  description: string,
  { needs, ...rest }: Rest,
): Action =>
  action(`telegram.${verb}`, title, description, { effect: effects[effect], needs: { chat, ...needs }, ...rest });

/** What is sent alike: name, article and noun. */
const files = [
  ['photo', 'a picture'],
  ['document', 'a file'],
  ['video', 'a video'],
  ['audio', 'a piece of music'],
  ['voice', 'a voice message'],
  ['animation', 'an animation'],
] as const;

export const actions: readonly Action[] = [
  inChat('adds', 'message.send', 'Send a message', 'Writes to a person, a group or a channel.', {
    needs: { text: words },
    takes: { ...sending, disable_link_preview: flag('Whether links show nothing of their page') },
    gives: aMessage,
  }),
  inChat('sets', 'message.edit', 'Edit a message', 'Replaces the text of a message of the bot’s own.', {
    needs: { message, text: words },
    takes: { parse_mode: parseMode, buttons },
    gives: aMessage,
  }),
  inChat('removes', 'message.delete', 'Delete a message', 'Deletes a message that is not older than two days.', {
    needs: { message },
    gives: isDone,
  }),
  inChat('adds', 'message.forward', 'Forward a message', 'Passes a message on to another chat.', {
    needs: { from_chat: chat, message },
    takes: { disable_notification: sending.disable_notification, message_thread_id: topic },
    gives: aMessage,
  }),
  inChat(
    'adds',
    'message.copy',
    'Copy a message',
    'Sends what a message says to another chat, without saying whose it was.',
    {
      needs: { from_chat: chat, message },
      takes: { caption, message_thread_id: topic },
      gives: result(output(['message_id'], { message_id: field('integer', 'Number in the chat') })),
    },
  ),
  inChat('sets', 'message.pin', 'Pin a message', 'Keeps a message on top.', {
    needs: { message },
    takes: { disable_notification: sending.disable_notification },
    gives: isDone,
  }),
  inChat('sets', 'message.unpin', 'Unpin a message', 'Takes a message off the top.', {
    needs: { message },
    gives: isDone,
  }),
  inChat('sets', 'reaction.set', 'React', 'Puts an emoji on a message, or takes the bot’s off.', {
    needs: { message },
    takes: { emoji: text('Emoji', 16), is_big: flag('Whether it shows big') },
    gives: isDone,
  }),
  ...files.map(([noun, what]) =>
    inChat('adds', `${noun}.send`, `Send ${what}`, `Sends ${what} to a chat.`, {
      needs: { [noun]: file },
      takes: { caption, ...sending },
      gives: aMessage,
    }),
  ),
  inChat('adds', 'location.send', 'Send a place', 'Sends a place on the map to a chat.', {
    needs: {
      latitude: { type: 'number', description: 'Latitude', minimum: -90, maximum: 90 },
      longitude: { type: 'number', description: 'Longitude', minimum: -180, maximum: 180 },
    },
    takes: { disable_notification: sending.disable_notification, buttons },
    gives: aMessage,
  }),
  inChat('adds', 'poll.send', 'Send a poll', 'Asks a chat to vote.', {
    needs: { question: text('Question', 300), options: { ...listOf('Answers', text('Answer', 100), 12), minItems: 2 } },
    takes: {
      is_anonymous: flag('Whether nobody sees who votes'),
      allows_multiple_answers: flag('Whether several may be picked'),
    },
    gives: aMessage,
  }),
  inChat('sets', 'poll.stop', 'Close a poll', 'Closes a poll of the bot’s own and counts.', {
    needs: { message },
    gives: result(field('object', 'The poll: question, options, total_voter_count')),
  }),
  inChat(
    'sets',
    'chat_action.send',
    'Show that the bot is busy',
    'Shows for five seconds that the bot writes or uploads.',
    {
      needs: {
        action: choice('What it does', [
          'typing',
          'upload_photo',
          'record_video',
          'upload_video',
          'record_voice',
          'upload_voice',
          'upload_document',
          'choose_sticker',
          'find_location',
        ]),
      },
      gives: isDone,
    },
  ),
  action(
    'telegram.callback_query.answer',
    'Answer a button',
    'Ends the waiting of who pressed a button, with a note where one is given.',
    {
      effect: SETS,
      needs: { callback_query: text('Query id', 64) },
      takes: {
        text: text('Note', 200),
        show_alert: flag('Whether it must be closed by hand'),
        url: text('Page to open', 2_048, { format: 'uri' }),
      },
      gives: isDone,
    },
  ),
  inChat('reads', 'chat.get', 'Get a chat', 'Reads a chat.', {
    gives: result(
      output(['id'], { id: field('integer', 'Chat'), type: field('string', 'Kind'), title: field('string', 'Title') }),
    ),
  }),
  inChat('reads', 'chat.list_administrators', 'List administrators', 'Reads who administers a group or channel.', {
    gives: result(field('array', 'Administrators: status, user')),
  }),
  inChat('reads', 'chat.get_member', 'Get a member', 'Reads what somebody is in a chat.', {
    needs: { user },
    gives: aMember,
  }),
  inChat('reads', 'chat.count_members', 'Count members', 'Reads how many members a chat has.', {
    gives: result(field('integer', 'How many')),
  }),
  inChat('removes', 'chat.ban_member', 'Ban a member', 'Puts somebody out of a chat, for good or for a time.', {
    needs: { user },
    takes: { until_date: moment('Until when'), revoke_messages: flag('Whether their messages go too') },
    gives: isDone,
  }),
  inChat('sets', 'chat.unban_member', 'Unban a member', 'Lets somebody back into a chat.', {
    risk: 'HIGH',
    needs: { user },
    gives: isDone,
  }),
  inChat(
    'sets',
    'chat.restrict_member',
    'Silence a member',
    'Takes the right to write from somebody, for a time or for good.',
    {
      risk: 'HIGH',
      needs: { user },
      takes: { until_date: moment('Until when') },
      gives: isDone,
    },
  ),
  inChat('sets', 'chat.set_title', 'Rename a chat', 'Gives a group or channel another title.', {
    needs: { title: text('Title', 128) },
    gives: isDone,
  }),
  inChat('sets', 'chat.set_description', 'Describe a chat', 'Gives a group or channel another description.', {
    needs: { description: text('Text', 255) },
    gives: isDone,
  }),
  inChat('adds', 'chat.create_invite_link', 'Create an invitation', 'Makes a link by which people join a chat.', {
    risk: 'HIGH',
    takes: {
      name: text('Name', 32),
      expire_date: moment('Until when it is good'),
      member_limit: integer('Uses at most', 1, 99_999),
    },
    gives: result(output(['invite_link'], { invite_link: field('string', 'The link') })),
  }),
  inChat('sets', 'chat.approve_join_request', 'Let somebody in', 'Lets somebody in who asked to join.', {
    risk: 'HIGH',
    needs: { user },
    gives: isDone,
  }),
  inChat('sets', 'chat.decline_join_request', 'Turn somebody down', 'Does not let somebody in who asked to join.', {
    needs: { user },
    gives: isDone,
  }),
  inChat(
    'sets',
    'chat.set_administrator_title',
    'Title an administrator',
    'Gives an administrator a title in a group.',
    {
      needs: { administrator: picked('telegram.administrator', user, { chat: 'chat' }), title: text('Title', 16) },
      gives: isDone,
    },
  ),
  inChat('removes', 'chat.leave', 'Leave a chat', 'Has the bot leave a group or channel.', { gives: isDone }),
  action('telegram.file.get', 'Get a file', 'Reads where a file can be fetched from, for an hour.', {
    effect: READS,
    needs: { file_id: text('File id', 256) },
    gives: result(
      output(['file_id'], {
        file_id: field('string', 'File'),
        file_path: field('string', 'Path'),
        file_size: field('integer', 'Bytes'),
      }),
    ),
  }),
  action('telegram.command.list', 'List commands', 'Reads the commands of the bot’s menu.', {
    effect: READS,
    gives: result(field('array', 'Commands: command, description')),
  }),
  action('telegram.command.set', 'Set commands', 'Replaces the commands of the bot’s menu.', {
    effect: SETS,
    needs: {
      commands: listOf(
        'Commands',
        {
          type: 'object',
          additionalProperties: false,
          required: ['command', 'description'],
          properties: {
            command: text('Command', 32, { pattern: '^[a-z0-9_]+$' }),
            description: text('What it does', 256),
          },
        },
        100,
      ),
    },
    gives: isDone,
  }),
  action('telegram.command.remove', 'Take a command away', 'Takes a command out of the bot’s menu.', {
    effect: SETS,
    needs: { command: picked('telegram.command', text('Command', 32, { pattern: '^[a-z0-9_]+$' })) },
    gives: done,
  }),
];
