import { reveal } from '../../secret.ts';
import { ProviderError } from '../kit/error.ts';
import { form, secretField } from '../kit/form.ts';
import { noHeaders, secretOf } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { type Json, optionalString, readId, readObject } from '../kit/read.ts';
import type { Answer, InlineCredential, ProviderCall, ProviderFailure } from '../provider.ts';

const TOKEN = /^\d{6,12}:[A-Za-z0-9_-]{30,60}$/;

/** The token stands in the path, and in no header. Source: core.telegram.org/bots/api, making requests. */
export const bot: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'BOT_TOKEN',
  schema: form(['bot_token'], {
    bot_token: secretField('Bot token', 'From @BotFather. The service sets the bot’s webhook: it has only one.', {
      pattern: TOKEN.source,
    }),
  }),
  headers: noHeaders,
  identify: async call => {
    const me = readObject(await ask(call, 'getMe'), 'result');
    const id = readId(me.id, 'id');
    const username = optionalString(me.username);
    if (username === undefined) return { account: { id, label: optionalString(me.first_name) ?? id } };
    return { account: { id, label: `@${username}`, url: `https://t.me/${username}` } };
  },
};

/** Calls a method of the Bot API and answers its `result`. */
export async function ask(call: ProviderCall, method: string, json: Json = {}): Promise<unknown> {
  const token = reveal(secretOf(call.credential, 'bot_token'));
  // Anything else would lead to another path.
  if (!TOKEN.test(token)) throw new ProviderError({ kind: 'refused' }, new Error('it is not a bot token'));
  const { body } = await call.fetch(`${call.endpoints.api}/bot${token}/${method}`, { method: 'POST', json });
  return readObject(body, 'answer').result;
}

/** How long to wait stands in the body. */
export function failureOf({ status, body }: Answer): ProviderFailure | undefined {
  const seconds = at(body, 'parameters', 'retry_after');
  if (status !== 429 || typeof seconds !== 'number' || !(seconds >= 0)) return undefined;
  return { kind: 'throttled', retryAfterMs: Math.min(Math.ceil(seconds), 3_600) * 1_000 };
}
