import type { Ask, Asked, EmulatedAnswer, Emulator } from '../emulator.ts';

/** Source: help.salesforce.com (web server, refresh and client credentials flows), developer.salesforce.com (REST API, SOQL). */

const V = '/services/data/v62.0';
const made = (count: number, prefix: string, label: string, name: string) =>
  Array.from({ length: count }, (_, i) => ({
    Id: `${prefix}${String(i + 1).padStart(12, '0')}AAA`,
    [label]: `${name} ${String(i + 1).padStart(3, '0')}`,
    IsActive: true,
  }));
const records: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  Account: made(60, '001', 'Name', 'Account'),
  Contact: made(50, '003', 'Name', 'Contact'),
  Lead: made(50, '00Q', 'Name', 'Lead'),
  Opportunity: made(50, '006', 'Name', 'Deal'),
  Case: made(50, '500', 'CaseNumber', 'Case'),
  Campaign: made(50, '701', 'Name', 'Campaign'),
  User: made(50, '005', 'Name', 'User'),
};
const own = Array.from({ length: 50 }, (_, i) => `Thing_${i + 1}__c`);
const objects = [...Object.keys(records), ...own].map(name => ({
  name,
  label: name,
  queryable: true,
  custom: name.endsWith('__c'),
}));
const stages = Array.from({ length: 25 }, (_, i) => ({
  value: `Stage ${i + 1}`,
  label: `Stage ${i + 1}`,
  active: true,
}));
const fieldsOf = (object: string) => [
  { name: 'Id', label: 'Record ID', type: 'id', nameField: false },
  { name: object === 'Case' ? 'CaseNumber' : 'Name', label: 'Name', type: 'string', nameField: true },
  { name: 'Stage__c', label: 'Stage', type: 'picklist', nameField: false, picklistValues: stages },
  ...Array.from({ length: 42 }, (_, i) => ({ name: `Field_${i + 1}__c`, label: `Field ${i + 1}`, type: 'string' })),
];

const malformed = (message: string): EmulatedAnswer => ({
  status: 400,
  body: [{ message, errorCode: 'MALFORMED_QUERY' }],
});
const text = (quoted: string): string => quoted.slice(1, -1).replaceAll(/\\([\\'%_])/g, '$1');

/** As much of SOQL as pickers and the feed speak. */
function queried({ query }: Ask): EmulatedAnswer {
  const q = query.get('q') ?? '';
  const [, columns = '', object = '', rest = ''] = /^SELECT (.+?) FROM (\w+)(.*)$/.exec(q) ?? [];
  const all = records[object];
  if (columns === '') return malformed(`unexpected token: ${q.slice(0, 20)}`);
  if (all === undefined) return { status: 400, body: [{ message: 'not supported', errorCode: 'INVALID_TYPE' }] };
  const limit = Number(/ LIMIT (\d+)$/.exec(rest)?.[1] ?? 2_000);
  if (columns.includes('FIELDS(')) {
    return limit <= 200 ? { body: { totalSize: 0, done: true, records: [] } } : malformed('LIMIT at most 200');
  }
  const after = / Id > ('(?:[^'\\]|\\.)*')/.exec(rest)?.[1];
  const [, label = '', like] = /(\w+) LIKE ('(?:[^'\\]|\\.)*')/.exec(rest) ?? [];
  const among = / Id IN \(([^)]*)\)/.exec(rest)?.[1]?.split(', ').map(text);
  const words = like === undefined ? undefined : text(like).slice(1, -1).toLowerCase();
  const found = all
    .filter(({ Id }) => after === undefined || String(Id) > text(after))
    .filter(({ Id }) => among === undefined || among.includes(String(Id)))
    .filter(record => words === undefined || String(record[label]).toLowerCase().includes(words))
    .slice(0, limit);
  return {
    body: {
      totalSize: found.length,
      done: true,
      records: found.map(each => ({ attributes: { type: object }, ...each })),
    },
  };
}

const one = <T>(found: T | undefined) => (found === undefined ? ('not_found' as const) : { body: found });
/** All of an object, and its last record by a word. */
const picked = (object: string, word: string) => {
  const values = (records[object] ?? []).map(({ Id }) => String(Id));
  const absent = values[0]?.replace('000000000001', '999999999999') ?? '';
  return { values, absent, found: { q: word, values: values.slice(-1) } };
};

export const emulator: Emulator = {
  accounts: [
    { name: 'acme', id: '00D000000000001EAA', label: 'ada@acme.example' },
    { name: 'globex', id: '00D000000000002EAA', label: 'hank@globex.example' },
  ],
  oauth: {
    authorize: '/services/oauth2/authorize',
    token: '/services/oauth2/token',
    revoke: '/services/oauth2/revoke',
    client: 'body',
    pkce: 'REQUIRED',
    scopes: ['api', 'refresh_token', 'id', 'chatter_api'],
    refresh: 'ROTATING',
    refreshScope: 'refresh_token',
    lifeSeconds: 7_200,
    tokens: { access: random => `00D000000000001!AQ${random(90)}`, refresh: random => `5Aep861${random(80)}` },
    // How long a token lives is told only where the sandbox shortens it: whoever tries that need not wait.
    answer: ({ expires_in: seconds, ...standard }, { id }) => ({
      ...standard,
      ...(Number(seconds) < 900 && { expires_in: seconds }),
      instance_url: 'https://acme.my.salesforce.com',
      id: `https://login.salesforce.com/id/${id}/005000000000001AAA`,
      issued_at: '1777863721000',
      signature: 'c2lnbmF0dXJl',
    }),
    fail: (error, error_description) => ({ status: 400, body: { error, error_description } }),
  },
  forms: {
    OAUTH2: () => ({ domain: 'acme.my' }),
    SERVICE_ACCOUNT: random => ({ domain: 'acme.my', client_id: `3MVG9${random(80)}`, client_secret: random(64) }),
  },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'INVALID_SESSION_ID', 'Session expired or invalid'],
      forbidden: [403, 'INSUFFICIENT_ACCESS', 'insufficient access rights'],
      not_found: [404, 'NOT_FOUND', 'The requested resource does not exist'],
      invalid: [400, 'INVALID_FIELD', 'No such column'],
    } as const;
    const [status, errorCode, message] = says[refusal];
    return { status, body: [{ message, errorCode }] };
  },
  openRoutes: {
    'POST /services/oauth2/token': (ask: Asked) => {
      const { grant_type, client_id, client_secret } = ask.body;
      const form = ask.form('SERVICE_ACCOUNT');
      const refused = (error: string) => ({ status: 400, body: { error, error_description: error } });
      if (grant_type !== 'client_credentials') return refused('unsupported_grant_type');
      if (client_id !== form.client_id) return refused('invalid_client_id');
      if (client_secret !== form.client_secret) return refused('invalid_client');
      const access_token = ask.issue(emulator.accounts[0]!, 7_200);
      return { body: { access_token, token_type: 'Bearer', instance_url: 'https://acme.my.salesforce.com' } };
    },
  },
  routes: {
    'GET /services/oauth2/userinfo': ({ account }) => ({
      body: { user_id: '005000000000001AAA', organization_id: account.id, preferred_username: account.label },
    }),
    [`GET ${V}/sobjects`]: () => ({ body: { encoding: 'UTF-8', sobjects: objects } }),
    [`GET ${V}/sobjects/:object/describe`]: ({ params }) => {
      const found = objects.find(({ name }) => name === params.object);
      return one(found && { ...found, fields: fieldsOf(found.name) });
    },
    [`GET ${V}/sobjects/:object`]: ({ params }) => {
      const found = objects.find(({ name }) => name === params.object);
      return one(found && { objectDescribe: found, recentItems: [] });
    },
    [`POST ${V}/sobjects/:object`]: () => ({
      status: 201,
      body: { id: '001000000000999AAA', success: true, errors: [] },
    }),
    [`GET ${V}/query`]: queried,
    [`GET ${V}/queryAll`]: queried,
  },
  references: {
    'salesforce.object': { values: objects.map(({ name }) => name) },
    'salesforce.field': { values: fieldsOf('Account').map(({ name }) => name), dependsOn: { object: 'Account' } },
    'salesforce.picklist_value': {
      values: stages.map(({ value }) => value),
      dependsOn: { object: 'Account', field: 'Stage__c' },
    },
    'salesforce.record': { ...picked('Case', 'case 050'), dependsOn: { object: 'Case' } },
    'salesforce.account': picked('Account', 'account 060'),
    'salesforce.contact': picked('Contact', 'contact 050'),
    'salesforce.lead': picked('Lead', 'lead 050'),
    'salesforce.opportunity': picked('Opportunity', 'deal 050'),
    'salesforce.case': picked('Case', 'case 050'),
    'salesforce.campaign': picked('Campaign', 'campaign 050'),
    'salesforce.user': picked('User', 'user 050'),
  },
  request: { method: 'POST', path: `${V}/sobjects/Account`, json: { Name: 'Try it' } },
};
