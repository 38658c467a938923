import { createHash } from 'node:crypto';
import type { Ask, EmulatedRoute, Emulator } from '../emulator.ts';

/** Source: core.telegram.org/bots/api. */

/** The same at every start, as it stands in the path of each request. */
const TOKEN = `7000000001:${createHash('sha256').update('a bot of the emulated Telegram').digest('base64url').slice(0, 35)}`;
const CHAT = -1_001_234_567_890;

const administrators = Array.from({ length: 24 }, (_, i) => ({
  status: i === 0 ? 'creator' : 'administrator',
  user: { id: 5_550_001 + i, is_bot: false, first_name: 'Person', last_name: `No${i + 1}`, username: `person${i + 1}` },
}));
const commands = ['start', 'help', 'status', 'release', 'stop'].map(command => ({
  command,
  description: `Says ${command}`,
}));

const done = (result: unknown) => ({ body: { ok: true, result } });
const refused = (error_code: number, description: string) => ({
  status: error_code,
  body: { ok: false, error_code, description },
});
const isChat = ({ body }: Ask) => String(body.chat_id) === String(CHAT);
const noChat = refused(400, 'Bad Request: chat not found');

const methods: Readonly<Record<string, EmulatedRoute<Ask>>> = {
  getMe: ({ account }) =>
    done({ id: Number(account.id), is_bot: true, first_name: 'Acme', username: account.label.slice(1) }),
  getChat: ask => (isChat(ask) ? done({ id: CHAT, type: 'supergroup', title: 'Acme' }) : noChat),
  getChatAdministrators: ask => (isChat(ask) ? done(administrators) : noChat),
  getMyCommands: () => done(commands),
  sendMessage: ask =>
    isChat(ask)
      ? done({ message_id: 43, date: Math.floor(ask.now.getTime() / 1000), chat: { id: CHAT }, text: ask.body.text })
      : noChat,
  getWebhookInfo: ({ hooks }) =>
    done({ url: hooks.all()[0]?.url ?? '', has_custom_certificate: false, pending_update_count: 0 }),
  setWebhook: ({ hooks, body, account }) => {
    const { url, secret_token: secret = '' } = body as Record<string, string>;
    if (!/^[A-Za-z0-9_-]{0,256}$/.test(secret))
      return refused(400, 'Bad Request: secret token contains unallowed characters');
    for (const { id } of hooks.all()) hooks.remove(id);
    if (url)
      hooks.add({
        id: 'webhook',
        url,
        secret,
        account: account.name,
        facts: { allowed_updates: body.allowed_updates },
      });
    return done(true);
  },
  deleteWebhook: ({ hooks }) => {
    for (const { id } of hooks.all()) hooks.remove(id);
    return done(true);
  },
};

export const emulator: Emulator = {
  accounts: [{ name: 'acme', id: '7000000001', label: '@acme_bot', url: 'https://t.me/acme_bot' }],
  forms: { BOT_TOKEN: () => ({ bot_token: TOKEN }) },
  credentialOf: ({ path }) => /^\/bot([^/]+)\//.exec(path)?.[1],
  keyOf: form => form.bot_token ?? '',
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'Unauthorized'],
      forbidden: [403, 'Forbidden: bot was kicked from the supergroup chat'],
      not_found: [404, 'Not Found'],
      invalid: [400, 'Bad Request'],
    } as const;
    const [status, description] = says[refusal];
    return refused(status, description);
  },
  routes: Object.fromEntries(Object.entries(methods).map(([method, route]) => [`POST /bot:token/${method}`, route])),
  references: {
    'telegram.administrator': {
      values: administrators.map(({ user }) => String(user.id)),
      dependsOn: { chat: String(CHAT) },
    },
    'telegram.command': { values: commands.map(({ command }) => command) },
  },
  request: { method: 'POST', path: `/bot${TOKEN}/sendMessage`, json: { chat_id: CHAT, text: 'Try it' } },
  deliveries: {
    body: ({ payload, deliveryId }) => ({
      ...payload,
      update_id: createHash('sha1').update(deliveryId).digest().readUInt32BE(),
    }),
    sign: ({ secret }) => ({ 'X-Telegram-Bot-Api-Secret-Token': secret }),
    signatureHeader: 'x-telegram-bot-api-secret-token',
  },
};
