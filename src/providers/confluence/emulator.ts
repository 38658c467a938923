import type { Ask, Emulator } from '../emulator.ts';

/** Source: developer.atlassian.com/cloud/confluence (OAuth 2.0 (3LO) apps, REST API v2). */

const made = <T>(count: number, make: (n: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i + 1));
const version = (n: number) => ({
  number: 1,
  createdAt: new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString(),
  authorId: 'ada',
});

const spaces = made(46, n => ({
  id: String(65_000 + n),
  key: `S${n}`,
  name: `Space ${n}`,
  type: 'global',
  status: 'current',
}));
const home = spaces[0]!.id;
const written = (first: number, count: number, name: string) =>
  made(count, n => ({
    id: String(first + n),
    status: 'current',
    title: `${name} ${n}`,
    spaceId: home,
    authorId: 'ada',
    createdAt: version(n).createdAt,
    version: version(n),
  }));
const lists: Readonly<
  Record<string, readonly { readonly id: string; readonly version?: { readonly createdAt: string } }[]>
> = {
  spaces,
  pages: written(98_000, 64, 'Page'),
  blogposts: written(97_000, 45, 'Post'),
  attachments: made(45, n => ({
    id: `att${96_000 + n}`,
    status: 'current',
    title: `file${n}.png`,
    mediaType: 'image/png',
    pageId: '98001',
    version: version(n),
  })),
  'footer-comments': made(3, n => ({
    id: String(95_000 + n),
    status: 'current',
    pageId: '98001',
    version: version(n),
  })),
  'inline-comments': made(3, n => ({
    id: String(94_000 + n),
    status: 'current',
    pageId: '98001',
    version: version(n),
  })),
};
const idsOf = (path: string) => lists[path]!.map(({ id }) => id);

const isSite = ({ params, account }: Ask) => params.site === account.id;
const paged = (ask: Ask, items: readonly object[]) => {
  if (!isSite(ask)) return 'not_found';
  const page = ask.page(items, { by: 'cursor', size: 'limit', usual: 25, most: 250, at: 'cursor' });
  const more = new URLSearchParams(ask.query);
  more.set('cursor', page.next ?? '');
  const path = ask.path.replace(/^\/ex\/confluence\/[^/]+/, '');
  const next = page.next === undefined ? {} : { next: `${path}?${more}` };
  return { body: { results: page.items, _links: { ...next, base: `${ask.account.url}/wiki` } } };
};
const one = (path: string) => (ask: Ask) => {
  const found = lists[path]!.find(({ id }) => id === ask.params.id);
  return isSite(ask) && found !== undefined ? { body: found } : ('not_found' as const);
};
const listed = (path: string) => (ask: Ask) => {
  const items = lists[path]!;
  const isNewestFirst = ask.query.get('sort') === '-modified-date';
  return paged(ask, isNewestFirst ? items.toReversed() : items);
};

const V2 = '/ex/confluence/:site/wiki/api/v2';
const BASIC = { authKind: 'BASIC' } as const;

export const emulator: Emulator = {
  accounts: [
    { name: 'acme', id: '11111111-0000-4000-8000-000000000001', label: 'acme', url: 'https://acme.atlassian.net' },
    {
      name: 'globex',
      id: '11111111-0000-4000-8000-000000000002',
      label: 'globex',
      url: 'https://globex.atlassian.net',
    },
  ],
  oauth: {
    authorize: '/authorize',
    token: '/oauth/token',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: [
      ...['page', 'blogpost', 'comment', 'attachment'].flatMap(each =>
        ['read', 'write', 'delete'].map(verb => `${verb}:${each}:confluence`),
      ),
      ...['space', 'label', 'task'].flatMap(each => [`read:${each}:confluence`, `write:${each}:confluence`]),
      ...['read:content-details:confluence', 'read:hierarchical-content:confluence', 'offline_access'],
    ],
    refresh: 'ROTATING',
    refreshScope: 'offline_access',
    lifeSeconds: 3600,
    authorizeParams: { audience: 'api.atlassian.com', prompt: 'consent' },
  },
  forms: {
    BASIC: random => ({
      cloud_id: '11111111-0000-4000-8000-000000000001',
      email: 'ada@acme.example',
      api_token: `ATATT3x${random(60)}`,
    }),
  },
  credentialOf: ({ headers }) => {
    const [scheme = '', value = ''] = (headers.get('authorization') ?? '').split(' ');
    return scheme === 'Basic' ? Buffer.from(value, 'base64').toString() : value;
  },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'Unauthorized'],
      forbidden: [401, 'Unauthorized; scope does not match'],
      not_found: [404, 'Not Found'],
      invalid: [400, 'Provided cursor is invalid'],
    } as const;
    const [code, message] = says[refusal];
    return { status: code, body: { code, message } };
  },
  routes: {
    'GET /oauth/token/accessible-resources': ({ account, scopes }) => ({
      body: [
        {
          id: account.id,
          url: account.url,
          name: account.label,
          scopes: scopes.filter(scope => scope !== 'offline_access'),
        },
      ],
    }),
    [`GET ${V2}/pages/:id/attachments`]: ask =>
      lists.pages!.some(({ id }) => id === ask.params.id) ? paged(ask, lists.attachments!) : 'not_found',
    ...Object.fromEntries(
      Object.keys(lists).flatMap(path => [
        [`GET ${V2}/${path}`, listed(path)],
        [`GET ${V2}/${path}/:id`, one(path)],
      ]),
    ),
    [`POST ${V2}/pages`]: ask =>
      isSite(ask) ? { body: { id: '98999', status: 'current', version: version(999), ...ask.body } } : 'not_found',
  },
  references: {
    'confluence.space': { ...BASIC, values: idsOf('spaces') },
    'confluence.page': { ...BASIC, values: idsOf('pages'), dependsOn: { space: home } },
    'confluence.blogpost': { ...BASIC, values: idsOf('blogposts'), dependsOn: { space: home } },
    'confluence.attachment': { ...BASIC, values: idsOf('attachments'), dependsOn: { page: '98001' } },
  },
  request: {
    method: 'POST',
    path: '/ex/confluence/11111111-0000-4000-8000-000000000001/wiki/api/v2/pages',
    json: { spaceId: home, title: 'Try it', body: { representation: 'storage', value: '<p>It works.</p>' } },
  },
};
