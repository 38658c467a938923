import { createHmac } from 'node:crypto';
import type { Ask, Emulator } from '../emulator.ts';

/** Source: twilio.com/docs (requests, pagination, webhooks security) and the paging of twilio 6.2. */

const hex = (n: number): string => n.toString(16).padStart(32, '0');
const ACCOUNT = `AC${hex(0xacce55)}`;

const made = (prefix: string, count: number, name: string) =>
  Array.from({ length: count }, (_, i) => ({ sid: `${prefix}${hex(i + 1)}`, friendly_name: `${name} ${i + 1}` }));

const numbers = Array.from({ length: 45 }, (_, i) => ({
  sid: `PN${hex(i + 1)}`,
  phone_number: `+1500555${String(1_000 + i)}`,
  friendly_name: `Line ${i + 1}`,
}));
const lists = {
  messaging: { path: '/v1/Services', under: 'services', items: made('MG', 46, 'Messaging service') },
  verify: { path: '/v2/Services', under: 'services', items: made('VA', 45, 'Verify service') },
  content: { path: '/v1/Content', under: 'contents', items: made('HX', 47, 'Template') },
};

type Listed = { readonly sid: string };

/** Pages from zero, each with a token that names where it begins. */
const paged = (ask: Ask, items: readonly Listed[]) => {
  const size = Math.min(Number(ask.query.get('PageSize') ?? 50), 1_000);
  const token = ask.query.get('PageToken');
  const start = token === null ? 0 : items.findIndex(each => `PA${each.sid}` === token) + 1;
  if (!(size > 0) || (token !== null && start === 0)) return undefined;
  const shown = items.slice(start, start + size);
  const page = Number(ask.query.get('Page') ?? 0);
  const last = shown.at(-1);
  const next =
    last === undefined || start + size >= items.length
      ? null
      : `${ask.path}?PageSize=${size}&Page=${page + 1}&PageToken=PA${last.sid}`;
  return { shown, next };
};

const serviceRoutes = ({ path, under, items }: (typeof lists)[keyof typeof lists]) => ({
  [`GET ${path}`]: (ask: Ask) => {
    const page = paged(ask, items);
    const meta = { key: under, next_page_url: page?.next == null ? null : `https://vendor.invalid${page.next}` };
    return page === undefined ? ('invalid' as const) : { body: { [under]: page.shown, meta } };
  },
  [`GET ${path}/:sid`]: ({ params }: Ask) => {
    const found = items.find(({ sid }) => sid === params.sid);
    return found === undefined ? ('not_found' as const) : { body: found };
  },
});

export const emulator: Emulator = {
  accounts: [{ name: 'acme', id: ACCOUNT, label: 'Acme' }],
  forms: {
    BASIC: random => {
      const auth_token = random(32);
      return { account_sid: ACCOUNT, auth_token, webhook_secret: auth_token };
    },
  },
  credentialOf: ({ headers }) => {
    const basic = /^Basic (.+)$/.exec(headers.get('authorization') ?? '')?.[1] ?? '';
    return Buffer.from(basic, 'base64').toString();
  },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 20_003, 'Authenticate'],
      forbidden: [403, 20_403, 'Permission denied'],
      not_found: [404, 20_404, 'The requested resource was not found'],
      invalid: [400, 20_001, 'Invalid parameter'],
    } as const;
    const [status, code, message] = says[refusal];
    return { status, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } };
  },
  routes: {
    'GET /2010-04-01/Accounts/:sid/IncomingPhoneNumbers.json': ask => {
      if (ask.params.sid !== ask.account.id) return 'not_found';
      const wanted = ask.query.get('PhoneNumber');
      const page = paged(ask, wanted === null ? numbers : numbers.filter(each => each.phone_number.includes(wanted)));
      if (page === undefined) return 'invalid';
      return { body: { incoming_phone_numbers: page.shown, next_page_uri: page.next } };
    },
    'GET /2010-04-01/Accounts/:sid/Messages.json': ({ params, account }) =>
      params.sid === account.id ? { body: { messages: [], next_page_uri: null } } : 'not_found',
    'GET /2010-04-01/Accounts/:sid.json': ({ params, account }) =>
      params.sid === account.id
        ? { body: { sid: account.id, friendly_name: account.label, status: 'active', type: 'Full' } }
        : 'not_found',
    ...serviceRoutes(lists.messaging),
    ...serviceRoutes(lists.verify),
    ...serviceRoutes(lists.content),
  },
  references: {
    'twilio.phone_number': { values: numbers.map(each => each.phone_number), absent: '+15005559999' },
    'twilio.messaging_service': { values: lists.messaging.items.map(({ sid }) => sid), absent: `MG${hex(9_999)}` },
    'twilio.verify_service': { values: lists.verify.items.map(({ sid }) => sid), absent: `VA${hex(9_999)}` },
    'twilio.content_template': { values: lists.content.items.map(({ sid }) => sid), absent: `HX${hex(9_999)}` },
  },
  request: { method: 'GET', path: `/Accounts/${ACCOUNT}/Messages.json` },
  deliveries: {
    // A new thing with each delivery.
    body: ({ payload, deliveryId, account }) => {
      const fresh = createHmac('sha256', 'sid').update(deliveryId).digest('hex').slice(0, 32);
      const fields = Object.entries(payload).map(([name, value]): [string, string] => {
        const isOwn = /^(Message|Call|Recording|Transcription|Conference)Sid$/.test(name);
        return [name, isOwn ? `${String(value).slice(0, 2)}${fresh}` : String(value)];
      });
      return String(new URLSearchParams({ ...Object.fromEntries(fields), AccountSid: account.id }));
    },
    sign: ({ body, secret, url, deliveryId }) => {
      const fields = [...new URLSearchParams(body)].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      const signed = url + fields.map(([name, value]) => name + value).join('');
      return {
        'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'X-Twilio-Signature': createHmac('sha1', secret).update(signed).digest('base64'),
        'I-Twilio-Idempotency-Token': deliveryId,
      };
    },
    signatureHeader: 'x-twilio-signature',
  },
};
