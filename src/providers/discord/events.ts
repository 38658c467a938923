import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { eventType, samplesOf } from '../kit/event_type.ts';
import { bodyKey } from '../kit/fingerprint.ts';
import { secondsHeader } from '../kit/hmac.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { publicKeySignature } from '../kit/public_key.ts';
import { optionalString, readObject, readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType, JsonSchema } from '../provider.ts';

/** Discord repeats for ten minutes, and does not say that it signs anew. */
const PAST_MS = 900_000;

/** Source: docs.discord.com/developers/events/webhook-events. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhook Events URL of the bot’s application',
      signature: 'ed25519',
      secret: 'INTEGRATION',
      secretField: 'public_key',
    },
  ],
  verify: publicKeySignature({
    algorithm: 'ed25519',
    header: 'x-signature-ed25519',
    encoding: 'hex',
    signed: ({ headers, body }) => {
      const time = headers['x-signature-timestamp'];
      return time === undefined ? undefined : [time, body];
    },
    timestamp: secondsHeader('x-signature-timestamp'),
    toleranceMs: { past: PAST_MS, future: 60_000 },
  }),
  handshake: verified =>
    jsonBody(verified).type === 0 ? { status: 204, contentType: 'application/json', body: '' } : undefined,
  parse,
};

function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const event = readObject(body.event, 'event');
  const occurTime = momentOf(event.timestamp);
  const { data } = event;
  const guild = at(data, 'guild', 'id') ?? at(data, 'guild_id');
  const user = at(data, 'user', 'id') ?? at(data, 'user_id') ?? at(data, 'author', 'id');
  return [
    {
      eventType: `discord.${nameOf(event.type)}`,
      schemaVersion: 1,
      // Discord numbers no deliveries; the event holds its time to the microsecond.
      deliveryKey: bodyKey(verified.body),
      ...objectOf(guild ?? '@me', at(data, 'id') ?? user),
      accountId: readString(body.application_id, 'application_id'),
      ...(occurTime !== undefined && { occurTime }),
      payload: event,
      meta: metaOf({ guild, user, channel: at(data, 'channel_id'), lobby: at(data, 'lobby_id') }),
    },
  ];
}

/** `ENTITLEMENT_CREATE` is `entitlement.create`: what follows the last line is what happened. */
function nameOf(type: unknown): string {
  const name = optionalString(type)
    ?.toLowerCase()
    .replace(/_([a-z0-9]+)$/, '.$1');
  if (name !== undefined && /^[a-z][a-z0-9_]{0,63}\.[a-z0-9]{1,64}$/.test(name)) return name;
  throw new ProviderError({ kind: 'invalid_answer' }, new Error('event.type is not a name'));
}

const payload = (data: JsonSchema): JsonSchema =>
  output(['type', 'timestamp'], {
    type: field('string', 'What happened'),
    timestamp: field('string', 'When it happened'),
    data,
  });
const user = output(['id'], { id: field('string', 'User id'), username: field('string', 'Name') });
const authorization = payload(
  output(['user'], {
    integration_type: field('integer', '0 for a server, 1 for a person'),
    user,
    scopes: field('array', 'Scopes'),
    guild: field('object', 'The server: id, name'),
  }),
);
const deauthorization = payload(output(['user'], { user }));
const entitlement = payload(
  output(['id', 'sku_id'], {
    id: field('string', 'Entitlement id'),
    sku_id: field('string', 'What was bought'),
    application_id: field('string', 'Application'),
    user_id: field('string', 'Who has it'),
    guild_id: field('string', 'Server that has it'),
    deleted: field('boolean', 'Whether it was taken away'),
    starts_at: field(['string', 'null'], 'From when'),
    ends_at: field(['string', 'null'], 'Until when'),
  }),
);
const message = payload(
  output(['id'], {
    id: field('string', 'Message id'),
    content: field('string', 'Text'),
    channel_id: field('string', 'Channel'),
    lobby_id: field('string', 'Lobby'),
    author: user,
  }),
);
const anything = payload(field('object', 'As Discord’s gateway tells it'));

export const ACTIVE = [
  ['application.authorized', 'Somebody installed the application, in a server or for themselves.', authorization],
  ['application.deauthorized', 'Somebody removed the application.', deauthorization],
  ['entitlement.create', 'Somebody bought something, or got a subscription.', entitlement],
  ['entitlement.update', 'What somebody bought changed, or was renewed.', entitlement],
  ['entitlement.delete', 'What somebody bought was taken away.', entitlement],
  ['lobby_message.create', 'Somebody wrote in a lobby of the game.', message],
  ['lobby_message.update', 'A message in a lobby of the game was edited.', message],
  ['lobby_message.delete', 'A message in a lobby of the game was deleted.', message],
  ['game_direct_message.create', 'Somebody wrote to somebody else in the game.', message],
  ['game_direct_message.update', 'A direct message in the game was edited.', message],
  ['game_direct_message.delete', 'A direct message in the game was deleted.', message],
] as const satisfies readonly (readonly [string, string, JsonSchema])[];
/** Discord tells of these only over a connection of its gateway that stands all the time. */
export const PLANNED = [
  ['message.create', 'Somebody wrote in a channel.'],
  ['message.update', 'A message was edited.'],
  ['message.delete', 'A message was deleted.'],
  ['message_reaction.add', 'Somebody reacted to a message.'],
  ['message_reaction.remove', 'Somebody took a reaction back.'],
  ['guild_member.add', 'Somebody joined a server.'],
  ['guild_member.update', 'A member’s roles or name changed.'],
  ['guild_member.remove', 'Somebody left a server.'],
  ['guild_ban.add', 'Somebody was banned.'],
  ['guild_ban.remove', 'A ban was lifted.'],
  ['channel.create', 'A channel was made.'],
  ['channel.update', 'A channel changed.'],
  ['channel.delete', 'A channel was deleted.'],
  ['thread.create', 'A thread was begun.'],
  ['thread.update', 'A thread changed.'],
  ['thread.delete', 'A thread was deleted.'],
  ['guild_role.create', 'A role was made.'],
  ['guild_role.update', 'A role changed.'],
  ['guild_role.delete', 'A role was deleted.'],
  ['guild_scheduled_event.create', 'An event was planned.'],
  ['guild_scheduled_event.update', 'A planned event changed.'],
  ['guild_scheduled_event.delete', 'A planned event was deleted.'],
  ['interaction.create', 'Somebody used a command or a button of the application.'],
] as const satisfies readonly (readonly [string, string])[];

export const eventTypes: readonly EventType[] = [
  ...ACTIVE.map(([name, description, schema]) => eventType(`discord.${name}`, description, schema)),
  eventType('discord.quest_user.enrollment', 'Somebody joined a quest; Discord does not send it now.', anything, {
    runtimeState: 'PLANNED',
  }),
  ...PLANNED.map(([name, description]) =>
    eventType(`discord.${name}`, description, anything, { runtimeState: 'PLANNED' }),
  ),
];

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, object = '', verb = ''] = name.split('.');
  const someone = { id: '80351110224678912', username: 'ada', discriminator: '0' };
  const guild = { id: '197038439483310086', name: 'Acme' };
  const words: Readonly<Record<string, object>> = {
    application:
      verb === 'authorized' ? { integration_type: 0, scopes: ['bot'], user: someone, guild } : { user: someone },
    entitlement: {
      id: '1019653849998299136',
      sku_id: '1019475255913222144',
      application_id: '1019370614521200640',
      user_id: someone.id,
      type: 8,
      deleted: verb === 'delete',
      starts_at: '2026-05-04T03:02:01.000000+00:00',
      ends_at: null,
      consumed: false,
    },
  };
  const text = { id: '1398062150138830900', content: 'Ready?', channel_id: '1398062150138830901', author: someone };
  return {
    payload: {
      type: `${object}_${verb}`.toUpperCase(),
      timestamp: '2026-05-04T03:02:01.000000+00:00',
      data: words[object] ?? { ...text, ...(object === 'lobby_message' && { lobby_id: '1398062150138830902' }) },
    },
    meta: { user: someone.id, ...(verb === 'authorized' && { guild: guild.id }) },
  };
});
