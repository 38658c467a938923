import { reveal, Secret } from '../../secret.ts';
import { form, secretField } from '../kit/form.ts';
import { secretOf } from '../kit/headers.ts';
import { optionalString, readObject, readString } from '../kit/read.ts';
import type { InlineCredential } from '../provider.ts';

/** Discord wants to know who calls, in this form. */
const USER_AGENT = 'DiscordBot (https://docs.discord.com/developers, 10)';

/**
 * The customer's own bot. A bot installed by OAuth answers to its owner's token, which opens every server it is in: one
 * bot for all projects would open each to the others, and the person's own token opens no channel.
 */
export const bot: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'BOT_TOKEN',
  schema: form(['bot_token'], {
    bot_token: secretField('Bot token', 'From the developer portal, page Bot of the application.', { min: 50 }),
    public_key: secretField(
      'Public key',
      'From the page General Information; webhook events are verified with it. No secret, but kept like one.',
      { min: 64, max: 64 },
    ),
  }),
  headers: credential => ({
    authorization: new Secret(`Bot ${reveal(secretOf(credential, 'bot_token'))}`),
    'user-agent': new Secret(USER_AGENT),
  }),
  identify: async call => {
    const application = readObject((await call.fetch(`${call.endpoints.api}/applications/@me`)).body, 'application');
    const id = readString(application.id, 'id');
    return { account: { id, label: optionalString(application.name) ?? id } };
  },
};
