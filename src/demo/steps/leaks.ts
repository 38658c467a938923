import { toJsonString } from '@bufbuild/protobuf';
import { Client, escapeIdentifier } from 'pg';
import { AuditService, ListAuditRecordsResponseSchema } from '../../../gen/mobius/integrations/v1/audit_service_pb.js';
import {
  EventService,
  ListIntegrationEventsResponseSchema,
} from '../../../gen/mobius/integrations/v1/event_service_pb.js';
import { networkFetch } from '../../outbound.ts';
import { findSecrets, openSecretBook } from '../secrets.ts';
import type { Stage } from '../stage.ts';
import { check, noted, type Step } from '../step.ts';

export const nothingLeaked: Step = {
  title: 'no secret used above is in the logs, the audit, the events or in clear in a dump of the database',
  async show(stage) {
    const { secrets, service, programs } = stage;
    const slack = noted(stage, 'slack');
    for (const kind of wanted) {
      check(
        [...secrets.entries.values()].some(name => name.includes(kind)),
        `no ${kind} was seen: the search proves nothing`,
      );
    }
    const dump = await dumpDatabase(stage.databaseUrl);
    const places = {
      'the log': service.stdout() + service.stderr(),
      'the audit': await auditOf(stage),
      'the events': await eventsOf(stage),
      'the metrics': await (await networkFetch(`http://${stage.addresses.metrics}/metrics`)).text(),
      'what programs printed': programs.map(program => program.stdout() + program.stderr()).join('\n'),
      'the database': dump.text,
      'the bytes of the database': dump.bytes,
    };
    // The search finds what is there: an id stands in these, and in the log as the providers' names do.
    for (const place of ['the audit', 'the events', 'the database'] as const) {
      const id = place === 'the events' ? noted(stage, 'github') : slack;
      check(places[place].includes(id), `${place} was not read`);
    }
    check(places['the log'].includes('ResolveCredential'), 'the log was not read');
    proveSearch();
    const hits = findSecrets(secrets, places);
    check(hits.length === 0, hits.map(({ name, place }) => `${name} in ${place}`).join('; '));
    const kib = Math.round(Object.values(places).reduce((sum, text) => sum + text.length, 0) / 1024);
    return `0 hits of ${secrets.entries.size} secrets in ${kib} KiB of ${Object.keys(places).length} places`;
  },
};

/** What must have been among the secrets, or the step would pass without having looked. */
const wanted = [
  ...['slack access_token', 'slack clientSecret', 'google_sheets code_verifier', 'google_sheets refresh_token'],
  ...[
    'github token',
    'github webhookSecret',
    'github authorization',
    'App private key',
    'nonce cookie',
    'linear apiKey',
    'openai platformKey',
  ],
  ...['caller token', 'keyring key', "executor's private key", 'database password'],
];

/** Each form of a secret is found, wherever in an encoded text it stands. */
function proveSearch(): void {
  const book = openSecretBook();
  const secret = 's3cret/+value&that=moves?';
  book.keep('probe', secret);
  const texts = ['', 'x', 'xy', 'xyz'].flatMap(before => {
    const bytes = Buffer.from(`${before}${secret}${before}z`);
    return [bytes.toString(), bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')];
  });
  for (const text of [...texts, encodeURIComponent(secret)]) {
    check(findSecrets(book, { probe: text }).length === 1, `the search misses a form: ${text}`);
  }
}

async function auditOf({ clients, project }: Stage): Promise<string> {
  const texts: string[] = [];
  for (let pageToken = ''; ; ) {
    const page = await clients.rpc(AuditService).listAuditRecords({ project, pageSize: 200, pageToken });
    texts.push(toJsonString(ListAuditRecordsResponseSchema, page));
    pageToken = page.nextPageToken;
    if (pageToken === '') return texts.join('\n');
  }
}

async function eventsOf({ clients, project }: Stage): Promise<string> {
  const page = await clients.rpc(EventService).listIntegrationEvents({ project, pageSize: 200, includePayload: true });
  return toJsonString(ListIntegrationEventsResponseSchema, page);
}

/** Every row of every table as text, and every value of bytes as the bytes themselves. */
async function dumpDatabase(url: string): Promise<{ text: string; bytes: string }> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ schema: string; name: string }>(
      `select schemaname as schema, tablename as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2`,
    );
    const lines: string[] = [];
    const bytes: string[] = [];
    for (const { schema, name } of tables.rows) {
      const table = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
      const rows = await client.query<Record<string, unknown>>(`select *, t::text as "whole row" from ${table} t`);
      for (const { 'whole row': whole, ...values } of rows.rows) {
        lines.push(`${name} ${whole}`);
        for (const value of Object.values(values)) if (Buffer.isBuffer(value)) bytes.push(value.toString('latin1'));
      }
    }
    check(bytes.length > 0, 'the database holds nothing sealed');
    return { text: lines.join('\n'), bytes: bytes.join('\n') };
  } finally {
    await client.end();
  }
}
