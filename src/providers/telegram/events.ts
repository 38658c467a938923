import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { eventType, samplesOf } from '../kit/event_type.ts';
import { at, metaOf, objectOf } from '../kit/meta.ts';
import { sharedToken } from '../kit/plain_token.ts';
import { type Json, readId, readObject } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType, JsonSchema } from '../provider.ts';

/** Source: core.telegram.org/bots/api, setWebhook and Update; @grammyjs/types 5.0. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'The bot’s webhook, which the service sets',
      signature: 'shared-token',
      secret: 'SUBSCRIPTION',
      secretField: 'secret_token',
    },
  ],
  verify: sharedToken(({ headers }) => headers['x-telegram-bot-api-secret-token']),
  parse,
};

/** An update has its number and one thing that happened. */
function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const [key, ...more] = Object.keys(body).filter(name => name !== 'update_id');
  if (key === undefined || more.length > 0) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('update does not hold one thing'));
  }
  const thing = readObject(body[key], 'update');
  const message = isMessage(thing) ? thing : thing.message;
  const chat = at(message, 'chat', 'id') ?? at(thing, 'chat', 'id');
  const moment = thing.edit_date ?? thing.date;
  const about = at(message, 'message_id') ?? thing.message_id;
  return [
    {
      eventType: `telegram.${nameOf(key)}`,
      schemaVersion: 1,
      deliveryKey: readId(body.update_id, 'update_id'),
      ...(about === undefined ? objectOf(key, thing.id ?? thing.poll_id ?? chat) : objectOf(chat, about)),
      accountId: '',
      ...(typeof moment === 'number' && Math.abs(moment) < 1e11 && { occurTime: new Date(moment * 1_000) }),
      payload: body,
      meta: metaOf({
        chat,
        chat_type: at(message, 'chat', 'type') ?? at(thing, 'chat', 'type'),
        from: at(thing, 'from', 'id') ?? at(thing, 'user', 'id'),
        message: about,
        data: thing.data,
        command: commandOf(thing),
      }),
    },
  ];
}

function isMessage(thing: Json): boolean {
  return thing.message_id !== undefined && thing.chat !== undefined;
}

/** `/start@acme_bot now` is the command `start`. */
function commandOf({ text }: Json): string | undefined {
  return typeof text === 'string'
    ? /^\/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s|$)/.exec(text)?.[1]?.toLowerCase()
    : undefined;
}

/** `edited_message` is `message.edited`; what is neither edited, deleted, removed nor stopped was received. */
function nameOf(key: string): string {
  if (!/^[a-z][a-z_]{0,63}$/.test(key))
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('update is not a name'));
  const [, verb, object] = /^(edited|deleted|removed|stopped)_([a-z_]+)$/.exec(key) ?? [];
  return verb === undefined ? `${key}.received` : `${object}.${verb}`;
}

const number = (what: string) => field('integer', what);
const user = output(['id'], {
  id: number('User'),
  is_bot: field('boolean', 'Whether it is a bot'),
  first_name: field('string', 'First name'),
  username: field('string', 'Login'),
});
const chat = output(['id'], {
  id: number('Chat'),
  type: field('string', 'private, group, supergroup or channel'),
  title: field('string', 'Title'),
  username: field('string', 'Login'),
});
const message = output(['message_id', 'chat'], {
  message_id: number('Number in the chat'),
  date: number('When, in seconds since 1970'),
  edit_date: number('When it was edited'),
  chat,
  from: user,
  text: field('string', 'Text'),
  caption: field('string', 'Text of a picture or file'),
  entities: field('array', 'What stands in the text: type, offset, length'),
  photo: field('array', 'Picture in several sizes: file_id, width, height'),
  document: field('object', 'File: file_id, file_name, mime_type'),
  reply_to_message: field('object', 'Message that is answered'),
  message_thread_id: number('Topic'),
});
const membership = output(['chat', 'from'], {
  chat,
  from: user,
  date: number('When'),
  old_chat_member: field('object', 'As it was: status, user'),
  new_chat_member: field('object', 'As it is: status, user'),
});
const open = (description: string) => field('object', description);

/** Key of the update, what it holds, and what happened. */
export const UPDATES = [
  ['message', message, 'Somebody wrote to the bot, or in a group that it is in.'],
  ['edited_message', message, 'A message was edited.'],
  ['channel_post', message, 'Something was posted in a channel that the bot is in.'],
  ['edited_channel_post', message, 'A post of a channel was edited.'],
  [
    'callback_query',
    output(['id', 'from'], {
      id: field('string', 'Query id'),
      from: user,
      message,
      data: field('string', 'What the button holds'),
    }),
    'Somebody pressed a button below a message of the bot.',
  ],
  [
    'inline_query',
    output(['id', 'from'], { id: field('string', 'Query id'), from: user, query: field('string', 'Words') }),
    'Somebody asks the bot from another chat.',
  ],
  ['chosen_inline_result', open('result_id, from, query'), 'Somebody sent an answer of the bot from another chat.'],
  [
    'message_reaction',
    open('chat, message_id, user, old_reaction, new_reaction'),
    'Somebody reacted to a message, or took it back.',
  ],
  ['message_reaction_count', open('chat, message_id, reactions'), 'Reactions without names were counted anew.'],
  ['my_chat_member', membership, 'The bot was added to a chat, put out of it, or got other rights.'],
  ['chat_member', membership, 'Somebody joined or left a chat, or got other rights.'],
  ['chat_join_request', open('chat, from, date, bio, invite_link'), 'Somebody asks to join a chat.'],
  ['chat_boost', open('chat, boost'), 'Somebody boosted a chat.'],
  ['removed_chat_boost', open('chat, boost_id, remove_date'), 'A boost of a chat ended.'],
  ['poll', open('id, question, options, total_voter_count, is_closed'), 'A poll of the bot changed or was closed.'],
  ['poll_answer', open('poll_id, user, option_ids'), 'Somebody voted in a poll of the bot.'],
  [
    'shipping_query',
    open('id, from, invoice_payload, shipping_address'),
    'Somebody buys, and asks what shipping costs.',
  ],
  [
    'pre_checkout_query',
    open('id, from, currency, total_amount, invoice_payload'),
    'Somebody pays: it is to be allowed in ten seconds.',
  ],
  ['purchased_paid_media', open('from, paid_media_payload'), 'Somebody bought media of the bot.'],
  [
    'business_connection',
    open('id, user, user_chat_id, is_enabled, rights'),
    'A business account was joined to the bot, or parted from it.',
  ],
  ['business_message', message, 'Somebody wrote to a business account that the bot works for.'],
  ['edited_business_message', message, 'A message to a business account was edited.'],
  [
    'deleted_business_messages',
    open('business_connection_id, chat, message_ids'),
    'Messages of a business account were deleted.',
  ],
] as const satisfies readonly (readonly [string, JsonSchema, string])[];

/** Beyond these Telegram sends only what is asked for by name. */
export const ALLOWED: readonly string[] = UPDATES.map(([key]) => key);

export const eventTypes: readonly EventType[] = UPDATES.map(([key, holds, description]) =>
  eventType(
    `telegram.${nameOf(key)}`,
    description,
    output(['update_id', key], { update_id: number('Number of the update'), [key]: holds }),
  ),
);

const keyOf = (name: string): string => ALLOWED.find(key => `telegram.${nameOf(key)}` === name) ?? '';

export const samples = samplesOf(eventTypes, ({ name }) => {
  const key = keyOf(name);
  const ada = { id: 5_551_234, is_bot: false, first_name: 'Ada', username: 'ada' };
  const group = { id: -1_001_234_567_890, type: 'supergroup', title: 'Acme' };
  const said = { message_id: 42, date: 1_777_863_721, chat: group, from: ada, text: '/status now' };
  const id = '4382bfdwdsb323b2d9';
  const words: Readonly<Record<string, object>> = {
    callback_query: { id, from: ada, message: { ...said, text: 'Release?' }, chat_instance: '1', data: 'yes' },
    inline_query: { id, from: ada, query: 'release', offset: '' },
    chosen_inline_result: { result_id: '1', from: ada, query: 'release' },
    message_reaction: {
      chat: group,
      message_id: 42,
      user: ada,
      date: said.date,
      old_reaction: [],
      new_reaction: [{ type: 'emoji', emoji: '👍' }],
    },
    message_reaction_count: { chat: group, message_id: 42, date: said.date, reactions: [] },
    chat_join_request: { chat: group, from: ada, user_chat_id: ada.id, date: said.date },
    chat_boost: { chat: group, boost: { boost_id: '1', add_date: said.date } },
    removed_chat_boost: { chat: group, boost_id: '1', remove_date: said.date },
    poll: { id, question: 'Ship it?', options: [], total_voter_count: 3, is_closed: false },
    poll_answer: { poll_id: id, user: ada, option_ids: [0] },
    shipping_query: { id, from: ada, invoice_payload: 'order-7', shipping_address: { country_code: 'IE' } },
    pre_checkout_query: { id, from: ada, currency: 'EUR', total_amount: 1_200, invoice_payload: 'order-7' },
    purchased_paid_media: { from: ada, paid_media_payload: 'order-7' },
    business_connection: { id, user: ada, user_chat_id: ada.id, date: said.date, is_enabled: true },
    deleted_business_messages: { business_connection_id: id, chat: group, message_ids: [41, 42] },
  };
  const member = {
    chat: group,
    from: ada,
    date: said.date,
    old_chat_member: { status: 'left', user: ada },
    new_chat_member: { status: 'member', user: ada },
  };
  const edited = key.startsWith('edited_') ? { ...said, edit_date: said.date + 60 } : said;
  return {
    payload: { update_id: 10_000, [key]: words[key] ?? (key.endsWith('chat_member') ? member : edited) },
    meta: { from: String(ada.id) },
  };
});
