import type { HandshakeAnswer, ParsedEvent, Verified, Webhook, WebhookEndpoint } from '../delivery.ts';
import { formBody, jsonBody, jsonObject } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { bodyKey } from '../kit/fingerprint.ts';
import { hmac, secondsHeader } from '../kit/hmac.ts';
import { at, metaOf, objectOf } from '../kit/meta.ts';
import { isObject, type Json, optionalString, readObject, readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType } from '../provider.ts';

const signing: Pick<WebhookEndpoint, 'signature' | 'secret' | 'secretField'> = {
  signature: 'hmac-sha256',
  secret: 'PLATFORM_APP',
  secretField: 'signing_secret',
};

export const webhook: Webhook = {
  endpoints: [
    { suffix: '', description: 'Request URL of Event Subscriptions', ...signing },
    { suffix: 'commands', description: 'Request URL of slash commands', ...signing },
    { suffix: 'interactions', description: 'Request URL of Interactivity & Shortcuts', ...signing },
  ],
  verify: hmac({
    header: 'x-slack-signature',
    prefix: 'v0=',
    signed: delivery => {
      const time = delivery.headers['x-slack-request-timestamp'];
      return time === undefined || time === '' ? undefined : [`v0:${time}:`, delivery.body];
    },
    timestamp: secondsHeader('x-slack-request-timestamp'),
  }),
  handshake,
  parse,
};

/** The Events API asks with `url_verification`, slash commands with `ssl_check`; both signed. */
function handshake(verified: Verified): HandshakeAnswer | undefined {
  if (verified.suffix === 'commands') {
    return formBody(verified).ssl_check === '1' ? plain('') : undefined;
  }
  if (verified.suffix !== '') return undefined;
  const body = jsonBody(verified);
  if (body.type !== 'url_verification') return undefined;
  const challenge = readString(body.challenge, 'challenge');
  if (challenge.length > 512) throw invalid('challenge is too long');
  return plain(challenge);
}

function parse(verified: Verified): readonly ParsedEvent[] {
  if (verified.suffix === 'commands') return [command(verified)];
  if (verified.suffix === 'interactions') return [interaction(verified)];
  const body = jsonBody(verified);
  return body.type === 'event_callback' ? [happening(body)] : [];
}

function happening(body: Json): ParsedEvent {
  const event = readObject(body.event, 'event');
  const seconds = body.event_time;
  const time = typeof seconds === 'number' && Math.abs(seconds) < 1e11 ? { time: new Date(seconds * 1000) } : {};
  return {
    eventType: 'slack.event',
    schemaVersion: 1,
    deliveryKey: readString(body.event_id, 'event_id'),
    ...objectOf(idOf(event.channel) ?? event.channel_id ?? at(event.item, 'channel')),
    accountId: readString(installedTeam(body) ?? body.team_id, 'team_id'),
    ...(typeof seconds === 'number' && Math.abs(seconds) < 1e11 ? { occurTime: new Date(seconds * 1000) } : {}),
    payload: withoutToken(body),
    meta: metaOf({
      type: event.type,
      subtype: event.subtype,
      channel: idOf(event.channel) ?? event.channel_id ?? at(event.item, 'channel'),
      user: idOf(event.user) ?? event.user_id,
    }),
    ...(endsAccess(event) && { lifecycle: { kind: 'ENDED', authKind: 'OAUTH2', ...time } }),
  };
}

/** The Events API's own names of what ends access. */
export const ENDING = { uninstalled: 'app_uninstalled', revoked: 'tokens_revoked' } as const;

/** Uninstalled, or the bot's token revoked; people's tokens are none of ours. Source: docs.slack.dev/reference/events. */
function endsAccess(event: Json): boolean {
  if (event.type === ENDING.uninstalled) return true;
  const bots = at(event.tokens, 'bot');
  return event.type === ENDING.revoked && Array.isArray(bots) && bots.length > 0;
}

/** In shared channels `team_id` may be the other workspace; the installation's own stands in `authorizations`. */
function installedTeam(body: Json): string | undefined {
  const [first] = Array.isArray(body.authorizations) ? body.authorizations : [];
  return isObject(first) ? optionalString(first.team_id) : undefined;
}

function command(verified: Verified): ParsedEvent {
  const form = formBody(verified);
  return {
    eventType: 'slack.command',
    schemaVersion: 1,
    deliveryKey: optionalString(form.trigger_id) ?? bodyKey(verified.body),
    ...objectOf(form.channel_id),
    accountId: readString(form.team_id, 'team_id'),
    payload: withoutToken(form),
    meta: metaOf({ command: readString(form.command, 'command'), channel: form.channel_id, user: form.user_id }),
  };
}

function interaction(verified: Verified): ParsedEvent {
  const payload = jsonObject(readString(formBody(verified).payload, 'payload'), 'payload');
  const type = readString(payload.type, 'payload.type');
  const [action] = Array.isArray(payload.actions) ? payload.actions : [];
  return {
    eventType: 'slack.interactivity',
    schemaVersion: 1,
    deliveryKey: optionalString(payload.trigger_id) ?? bodyKey(verified.body),
    ...objectOf(idOf(payload.channel)),
    accountId: readString(idOf(payload.team) ?? at(payload.user, 'team_id'), 'team.id'),
    payload: withoutToken(payload),
    meta: metaOf({
      type,
      channel: idOf(payload.channel),
      user: idOf(payload.user),
      callback_id: payload.callback_id ?? at(payload.view, 'callback_id'),
      action_id: at(action, 'action_id'),
    }),
  };
}

/** The retired verification token is one for all projects of the app: it goes no further. */
function withoutToken(body: Json): Json {
  const { token: _, ...rest } = body;
  return rest;
}

function idOf(value: unknown): string | undefined {
  return optionalString(value) ?? optionalString(at(value, 'id'));
}

function plain(body: string): HandshakeAnswer {
  return { status: 200, contentType: 'text/plain', body };
}

function invalid(message: string): ProviderError {
  return new ProviderError({ kind: 'invalid_answer' }, new Error(message));
}

const usable = { schemaVersion: 1, runtimeState: 'ACTIVE', triggerable: true, waitable: true } as const;

export const eventTypes: readonly EventType[] = [
  {
    ...usable,
    name: 'slack.event',
    description:
      'Anything the Events API sends: messages, mentions, reactions, channel changes. `meta.type` says which.',
    scopes: [],
    payloadSchema: output(['team_id', 'event', 'event_id'], {
      team_id: field('string', 'Workspace the event happened in'),
      api_app_id: field('string', 'App it was sent to'),
      event_id: field('string', 'Id of the event, the same in retries'),
      event_time: field('integer', 'Seconds since 1970'),
      event: output(['type'], {
        type: field('string', 'What happened, for example message or reaction_added'),
        subtype: field('string', 'Kind of message, for example bot_message'),
        channel: field(['string', 'object'], 'Channel id, or the channel where it is new'),
        user: field(['string', 'object'], 'Who did it'),
        text: field('string', 'Text of a message'),
        ts: field('string', 'Id of a message in its channel'),
        thread_ts: field('string', 'Message the thread hangs on'),
        event_ts: field('string', 'When it happened'),
      }),
    }),
  },
  {
    ...usable,
    name: 'slack.command',
    description: 'Somebody used one of the app’s slash commands.',
    scopes: ['commands'],
    payloadSchema: output(['team_id', 'command', 'user_id'], {
      team_id: field('string', 'Workspace it was typed in'),
      command: field('string', 'The command with its slash'),
      text: field('string', 'What was typed after it'),
      user_id: field('string', 'Who typed it'),
      channel_id: field('string', 'Where it was typed'),
      trigger_id: field('string', 'Opens a modal, within seconds'),
      response_url: field('string', 'Takes answers for half an hour'),
    }),
  },
  {
    ...usable,
    name: 'slack.interactivity',
    description: 'Somebody pressed a button, sent a modal or used a shortcut of the app. `meta.type` says which.',
    scopes: [],
    payloadSchema: output(['type', 'user'], {
      type: field('string', 'block_actions, view_submission, view_closed, shortcut or message_action'),
      user: output(['id'], { id: field('string', 'Who did it') }),
      team: field(['object', 'null'], 'Workspace it happened in'),
      channel: field('object', 'Channel it happened in'),
      actions: field('array', 'The elements that were used'),
      view: field('object', 'The modal, with its values under state'),
      message: field('object', 'The message that holds the element'),
      trigger_id: field('string', 'Opens a modal, within seconds'),
      response_url: field('string', 'Takes answers for half an hour'),
    }),
  },
];
