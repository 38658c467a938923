import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { Ask, Emulator } from '../emulator.ts';

/** Source: docs.discord.com/developers (reference, resources, events/webhook-events). */

/** An Ed25519 key of that seed: PKCS 8 is this prefix and the 32 bytes. */
const keyOf = (seed: string) =>
  createPrivateKey({
    key: Buffer.concat([
      Buffer.from('302e020100300506032b657004220420', 'hex'),
      createHash('sha256').update(seed).digest(),
    ]),
    format: 'der',
    type: 'pkcs8',
  });
/** The application's key pair, the same at every start. */
const SEED = 'an application of the emulated Discord';
const publicKey = createPublicKey(keyOf(SEED)).export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');

const id = (family: number, n: number): string => `${family}00000000000${String(n).padStart(6, '0')}`;
const made = <T>(count: number, make: (n: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i + 1));

const guilds = made(64, n => ({ id: id(1, n), name: `Server ${n}`, owner: false, permissions: '2147483647' }));
const home = guilds[0]!.id;
const channels = made(46, n => ({
  id: id(2, n),
  type: n === 1 ? 4 : 0,
  guild_id: home,
  name: `channel-${n}`,
  position: n,
}));
const threads = made(12, n => ({
  id: id(3, n),
  type: 11,
  guild_id: home,
  parent_id: channels[1]!.id,
  name: `Thread ${n}`,
  thread_metadata: { archived: false },
}));
const roles = made(24, n => ({ id: id(4, n), name: `Role ${n}`, permissions: '0', position: n }));
const members = made(66, n => ({
  user: { id: id(5, n), username: `person${n}`, global_name: `Person ${n}` },
  nick: null,
  roles: [],
}));
const emojis = made(22, n => ({ id: id(6, n), name: `emoji_${n}`, animated: false }));
const events = made(5, n => ({ id: id(7, n), guild_id: home, name: `Meeting ${n}`, status: 1 }));

const one = <T>(found: T | undefined) => (found === undefined ? ('not_found' as const) : { body: found });
const isGuild = ({ params }: Ask) => guilds.some(each => each.id === params.guild);
const whole = (items: readonly { readonly id: string }[], path: string) => ({
  [`GET /api/v10/guilds/:guild/${path}`]: (ask: Ask) =>
    isGuild(ask) ? { body: ask.params.guild === home ? items : [] } : ('not_found' as const),
  [`GET /api/v10/guilds/:guild/${path}/:id`]: (ask: Ask) => one(items.find(each => each.id === ask.params.id)),
});
const paged = <T>(ask: Ask, items: readonly T[], idOf: (item: T) => string, most: number) => ({
  body: ask.page(items, { by: 'last', at: 'after', size: 'limit', usual: most === 200 ? 200 : 1, most, id: idOf })
    .items,
});

export const emulator: Emulator = {
  accounts: [{ name: 'acme', id: '1019370614521200640', label: 'Acme Bot' }],
  app: () => ({ public_key: publicKey, signing_seed: SEED }),
  forms: {
    BOT_TOKEN: random => ({ bot_token: `MTAx${random(22)}.${random(6)}.${random(38)}`, public_key: publicKey }),
  },
  credentialOf: ({ headers }) => /^Bot (.+)$/.exec(headers.get('authorization') ?? '')?.[1],
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 0, '401: Unauthorized'],
      forbidden: [403, 50_001, 'Missing Access'],
      not_found: [404, 10_003, 'Unknown Channel'],
      invalid: [400, 50_035, 'Invalid Form Body'],
    } as const;
    const [status, code, message] = says[refusal];
    return { status, body: { message, code } };
  },
  routes: {
    'GET /api/v10/applications/@me': ({ account }) => ({
      body: {
        id: account.id,
        name: account.label,
        verify_key: publicKey,
        bot: { id: account.id, username: 'acme-bot', bot: true },
      },
    }),
    'GET /api/v10/users/@me/guilds': ask => paged(ask, guilds, each => each.id, 200),
    'GET /api/v10/guilds/:guild/members/search': ask => {
      const q = (ask.query.get('query') ?? '').toLowerCase();
      const found = members.filter(({ user }) =>
        [user.username, user.global_name].some(name => name.toLowerCase().startsWith(q)),
      );
      return isGuild(ask) ? { body: found.slice(0, Number(ask.query.get('limit') ?? 1)) } : 'not_found';
    },
    'GET /api/v10/guilds/:guild/members/:id': ask => one(members.find(({ user }) => user.id === ask.params.id)),
    'GET /api/v10/guilds/:guild/members': ask =>
      isGuild(ask) ? paged(ask, ask.params.guild === home ? members : [], ({ user }) => user.id, 1_000) : 'not_found',
    'GET /api/v10/guilds/:guild/threads/active': ask =>
      isGuild(ask) ? { body: { threads, members: [] } } : 'not_found',
    ...whole(channels, 'channels'),
    ...whole(roles, 'roles'),
    ...whole(emojis, 'emojis'),
    ...whole(events, 'scheduled-events'),
    'GET /api/v10/guilds/:guild': ask => one(guilds.find(each => each.id === ask.params.guild)),
    'GET /api/v10/channels/:id': ask => one([...channels, ...threads].find(each => each.id === ask.params.id)),
    'POST /api/v10/channels/:id/messages': ({ params, body, now }) =>
      channels.some(each => each.id === params.id)
        ? { body: { id: id(9, 1), channel_id: params.id, timestamp: now.toISOString(), ...body } }
        : 'not_found',
  },
  references: {
    'discord.guild': { values: guilds.map(each => each.id) },
    'discord.channel': { values: channels.map(each => each.id), dependsOn: { guild: home } },
    'discord.thread': { values: threads.map(each => each.id), dependsOn: { guild: home } },
    'discord.role': { values: roles.map(each => each.id), dependsOn: { guild: home } },
    'discord.member': {
      values: members.map(({ user }) => user.id),
      dependsOn: { guild: home },
      found: { q: 'person 66', values: [id(5, 66)] },
    },
    'discord.emoji': { values: emojis.map(each => each.id), dependsOn: { guild: home } },
    'discord.scheduled_event': { values: events.map(each => each.id), dependsOn: { guild: home } },
  },
  request: { method: 'POST', path: `/channels/${channels[1]!.id}/messages`, json: { content: 'Try it' } },
  deliveries: {
    body: ({ payload, account, time, deliveryId }) => {
      // Microseconds tell events of one moment apart; a repeat has the same.
      const micros = createHash('sha1').update(deliveryId).digest().readUInt32BE() % 1_000_000;
      const timestamp = `${time.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}+00:00`;
      return { version: 1, application_id: account.id, type: 1, event: { ...payload, timestamp } };
    },
    sign: ({ body, secret, time }) => {
      const timestamp = String(Math.floor(time.getTime() / 1000));
      const signature = sign(null, Buffer.from(timestamp + body), keyOf(secret)).toString('hex');
      return { 'X-Signature-Ed25519': signature, 'X-Signature-Timestamp': timestamp };
    },
    signatureHeader: 'x-signature-ed25519',
    signingField: 'signing_seed',
    strange: random => random(32),
  },
};
