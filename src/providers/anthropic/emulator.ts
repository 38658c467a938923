import { createHmac } from 'node:crypto';
import type { Ask, Emulator } from '../emulator.ts';

/** Source: docs.claude.com (authentication, versions, errors) and the paging and webhooks of @anthropic-ai/sdk 1.12. */

type Made = { readonly id: string };

const made = (count: number, idOf: (n: number) => string, more: (n: number) => object): readonly Made[] =>
  Array.from({ length: count }, (_, i) => ({ id: idOf(i + 1), ...more(i + 1) }));
const padded = (prefix: string) => (n: number) => `${prefix}_emulated${String(n).padStart(4, '0')}`;

const models = made(
  45,
  n => `claude-${n}-20260501`,
  n => ({ type: 'model', display_name: `Claude ${n}`, lifecycle: 'active' }),
);
const batches = made(46, padded('msgbatch'), () => ({
  type: 'message_batch',
  processing_status: 'ended',
  archived_at: null,
}));
const files = made(47, padded('file'), n => ({ type: 'file', filename: `notes-${n}.txt`, mime_type: 'text/plain' }));
const skills = made(24, padded('skill'), n => ({ type: 'skill', display_title: `Skill ${n}`, source: 'custom' }));
const ids = (items: readonly Made[]) => items.map(({ id }) => id);

const ORGANIZATION = 'b8b1c1a8-0000-4000-8000-00000000acce';
const headers = { 'anthropic-organization-id': ORGANIZATION, 'request-id': 'req_emulated0001' };

/** Without a version nothing is answered. */
const versioned = (answer: (ask: Ask) => object | undefined) => (ask: Ask) => {
  if (!/^\d{4}-\d\d-\d\d$/.test(ask.headers.get('anthropic-version') ?? '')) return 'invalid' as const;
  const body = answer(ask);
  return body === undefined ? ('not_found' as const) : { headers, body };
};
const byId = (items: readonly Made[]) =>
  versioned(ask => {
    const page = ask.page(items, {
      by: 'last',
      size: 'limit',
      usual: 20,
      most: 1_000,
      at: 'after_id',
      id: ({ id }) => id,
    });
    const { items: data, next } = page;
    return { data, has_more: next !== undefined, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  });
const byPage = (items: readonly Made[]) =>
  versioned(ask => {
    const page = ask.page(items, { by: 'cursor', size: 'limit', usual: 20, at: 'page' });
    return { data: page.items, next_page: page.next ?? null };
  });
const one = (items: readonly Made[]) => versioned(({ params }) => items.find(({ id }) => id === params.id));

export const emulator: Emulator = {
  accounts: [{ name: 'acme', id: ORGANIZATION, label: ORGANIZATION }],
  forms: {
    API_KEY: random => ({
      api_key: `sk-ant-api03-${random(80)}`,
      webhook_secret: `whsec_${Buffer.from(random(32)).toString('base64')}`,
    }),
  },
  credentialOf: ({ headers: given }) => given.get('x-api-key') ?? '',
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'authentication_error', 'invalid x-api-key'],
      forbidden: [403, 'permission_error', 'Your API key does not have permission to use the specified resource.'],
      not_found: [404, 'not_found_error', 'Not found'],
      invalid: [400, 'invalid_request_error', 'anthropic-version: header is required'],
    } as const;
    const [status, type, message] = says[refusal];
    return { status, body: { type: 'error', error: { type, message }, request_id: 'req_emulated0001' } };
  },
  routes: {
    'GET /v1/models': byId(models),
    'GET /v1/models/:id': one(models),
    'GET /v1/messages/batches': byId(batches),
    'GET /v1/messages/batches/:id': one(batches),
    'GET /v1/files': byPage(files),
    'GET /v1/files/:id': one(files),
    'GET /v1/skills': byPage(skills),
    'GET /v1/skills/:id': one(skills),
    'POST /v1/messages': versioned(({ body }) => ({
      id: 'msg_emulated0001',
      type: 'message',
      role: 'assistant',
      model: body.model,
      content: [{ type: 'text', text: 'Hello' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 1 },
    })),
  },
  references: {
    'anthropic.model': { values: ids(models) },
    'anthropic.batch': { values: ids(batches) },
    'anthropic.file': { values: ids(files) },
    'anthropic.skill': { values: ids(skills) },
  },
  request: {
    method: 'POST',
    path: '/v1/messages',
    json: { model: 'claude-1-20260501', max_tokens: 16, messages: [{ role: 'user', content: 'Hello' }] },
  },
  deliveries: {
    body: ({ payload, time }) => ({ ...payload, created_at: time.toISOString() }),
    sign: ({ body, secret, time, deliveryId }) => {
      const timestamp = String(Math.floor(time.getTime() / 1000));
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
      const signature = createHmac('sha256', key).update(`${deliveryId}.${timestamp}.${body}`).digest('base64');
      return { 'webhook-id': deliveryId, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
    },
    signatureHeader: 'webhook-signature',
    strange: random => `whsec_${Buffer.from(random(32)).toString('base64')}`,
  },
};
