import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import pg from 'pg';
import { Health } from '../gen/grpc/health/v1/health_pb.js';
import { AuthKind } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { ReferenceService } from '../gen/mobius/integrations/v1/reference_service_pb.js';
import { startChild } from './child.ts';
import type { Ground } from './ground.ts';
import { channelNames, type Text, WORDS, waysOf } from './lookup_texts.ts';
import { median, spreadOf } from './results.ts';
import type { SandboxAnswer } from './sandbox_server.ts';

export type Percentile = { readonly ms: number; readonly spread: number };

export type LookupFigures = {
  /** 95th percentiles of what people type: of each group of rounds, the median of the groups. */
  readonly noOp: Percentile;
  readonly at10k: Percentile;
  readonly at1M: Percentile;
  /** Over the no-op of the same group. */
  readonly over10k: Percentile;
  readonly over1M: Percentile;
  /** Over the no-op at a million, in parts of that at 10,000, of the same group. */
  readonly growth: Percentile;
  /** At 10,000 while the same 10,000 are crawled anew. */
  readonly crawling: Percentile;
  /** A whole crawl of the 10,000 through the sandbox, which is what a picker without an index waits for. */
  readonly crawlMs: Percentile;
  /** An id that the index does not know, which the provider is asked for. */
  readonly asked: number;
  /** 95th percentiles of each way, at 10,000 and at a million. */
  readonly byWay: readonly { readonly way: string; readonly small: number; readonly large: number }[];
};

const SMALL = 10_000;
const GROUPS = 5;
const ROUNDS = 5;
const CRAWLS = 5;
const sandboxFile = fileURLToPath(new URL('sandbox_server.ts', import.meta.url));
const referenceType = 'slack.channel';

type References = Client<typeof ReferenceService>;
type Find = () => Promise<unknown>;
type Pair = { readonly way: string; readonly small: Find; readonly large: Find };

/** Measures LookupReferences over rpc, call by call in turns with one that does nothing, at 10,000 and at `rows`. */
export async function measureLookups(ground: Ground, rows: number): Promise<LookupFigures> {
  const sandbox = startChild(sandboxFile, { core: ground.cores.other });
  ground.onEnd(sandbox.stop);
  await sandbox.said;
  const { platform, botToken, channels } = (await sandbox.ask({ channels: channelNames(SMALL) })) as SandboxAnswer;
  const platformFile = join(ground.dir, 'sandbox.yaml');
  writeFileSync(platformFile, platform, { mode: 0o600 });
  const databaseUrl = await ground.postgres.createDatabase('bench_references', 'template1');
  const service = await ground.startService({ databaseUrl, environment: { MOBIUS_PLATFORM_FILE: platformFile } });
  const db = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  const baseUrl = `http://${service.addresses.rpc}`;
  const sessionManager = new Http2SessionManager(baseUrl);
  const transport = createGrpcTransport({
    baseUrl,
    sessionManager,
    interceptors: [
      next => request => {
        request.header.set('authorization', `Bearer ${ground.token}`);
        return next(request);
      },
    ],
  });
  try {
    const references = createClient(ReferenceService, transport);
    const integrations = createClient(IntegrationService, transport);
    for (const project of ['small', 'large']) {
      const method = { provider: 'slack', authKind: AuthKind.BOT_TOKEN };
      await integrations.connectProvider({ project, ...method, credentials: { bot_token: botToken } });
      await whole(references, project);
    }
    await fill(db, rows);
    const pairs = await prepare(references, channels);
    const health = createClient(Health, transport);
    const measured = await measurePairs(pairs, () => health.check({}));
    return { ...measured, ...(await measureBeside(references, pairs)) };
  } finally {
    sessionManager.abort();
    await db.end();
    await Promise.all([service.stop(), sandbox.stop()]);
  }
}

async function measurePairs(pairs: readonly Pair[], noOp: Find) {
  const all: { way: string; noOp: number; small: number; large: number }[][] = [];
  for (let group = -1; group < GROUPS; group++) {
    const times: (typeof all)[number] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const { way, small, large } of pairs) {
        times.push({ way, noOp: await timed(noOp), small: await timed(small), large: await timed(large) });
      }
    }
    // The first warms up.
    if (group >= 0) all.push(times);
  }
  const groups = all.map(times => ({
    noOp: p95(times.map(t => t.noOp)),
    small: p95(times.map(t => t.small)),
    large: p95(times.map(t => t.large)),
  }));
  const of = (value: (group: (typeof groups)[number]) => number) => percentile(groups.map(value));
  const flat = all.flat();
  return {
    noOp: of(g => g.noOp),
    at10k: of(g => g.small),
    at1M: of(g => g.large),
    over10k: of(g => g.small - g.noOp),
    over1M: of(g => g.large - g.noOp),
    growth: of(g => (g.large - g.noOp) / (g.small - g.noOp)),
    byWay: [...Map.groupBy(flat, t => t.way)].map(([way, times]) => ({
      way,
      small: p95(times.map(t => t.small)),
      large: p95(times.map(t => t.large)),
    })),
  };
}

/** Whole crawls, by themselves and beside lookups; and what the provider has to be asked for. */
async function measureBeside(references: References, pairs: readonly Pair[]) {
  const crawls: number[] = [];
  const beside: number[] = [];
  for (let i = 0; i < CRAWLS; i++) crawls.push(await timed(() => crawl(references)));
  for (let i = 0; i < CRAWLS; i++) {
    let isOver = false;
    const crawled = crawl(references).finally(() => {
      isOver = true;
    });
    const times: number[] = [];
    while (!isOver) {
      for (const { small } of pairs) if (!isOver) times.push(await timed(small));
    }
    await crawled;
    beside.push(p95(times));
  }
  const asked: number[] = [];
  for (let i = 0; i < 40; i++) {
    const q = `C0NONE${String(i).padStart(4, '0')}`;
    asked.push(await timed(() => references.lookupReferences({ project: 'small', referenceType, q })));
  }
  return { crawling: percentile(beside), crawlMs: percentile(crawls), asked: p95(asked) };
}

/** One whole crawl of the 10,000. */
async function crawl(references: References): Promise<void> {
  const before = await whole(references, 'small');
  const { started } = await references.refreshReferences({ project: 'small', referenceType });
  if (!started) throw new Error('no crawl was begun');
  while ((await whole(references, 'small')) === before) await delay(20);
}

/** Waits until the index is whole; answers as of when. */
async function whole(references: References, project: string): Promise<string> {
  for (;;) {
    const { completeness } = await references.lookupReferences({ project, referenceType, pageSize: 1 });
    const { complete = false, known = 0, asOf } = completeness ?? {};
    if (complete && known >= SMALL) return `${asOf?.seconds}.${asOf?.nanos}`;
    await delay(50);
  }
}

/** Adds rows to the large list as a crawl would, to so many in all. */
async function fill(db: pg.Pool, rows: number): Promise<void> {
  const batch = 50_000;
  const { rows: found } = await db.query(
    `select id from reference_lists where project = 'large' and reference_type = '${referenceType}'`,
  );
  for (let start = SMALL; start < rows; start += batch) {
    await db.query(
      `insert into indexed_references (project, list, value, label, metadata, state, name, extra, generation, seen_time)
       select 'large', $1, 'C' || lpad(i::text, 8, '0'), '#' || n, '{"is_private":"false","is_member":"true"}', 'PRESENT',
         replace(n, '-', ' '), '', 1, now()
       from generate_series($2::int, $3::int) i,
         lateral (select $4::text[] as w) a,
         lateral (select w[1 + (i * 7) % $5] || '-' || w[1 + (i * 13 + i / 50) % $5] || '-' || i as n) b`,
      [found[0].id, start, Math.min(start + batch, rows) - 1, WORDS, WORDS.length],
    );
  }
  await db.query(`update reference_lists set known = $2 where project = 'large' and id = $1`, [found[0].id, rows]);
  await db.query('vacuum analyze indexed_references');
}

/** Each text as a call in both projects. Pages far on are walked to beforehand: their tokens stay good. */
async function prepare(references: References, channels: SandboxAnswer['channels']): Promise<readonly Pair[]> {
  const find = async (project: string, { q, page = 0 }: Text): Promise<Find> => {
    let pageToken = '';
    for (let at = 0; at < page; at++) {
      const { nextPageToken } = await references.lookupReferences({ project, referenceType, q, pageToken });
      if (nextPageToken === '') break;
      pageToken = nextPageToken;
    }
    return () => references.lookupReferences({ project, referenceType, q, pageToken });
  };
  const pairs: Pair[] = [];
  for (const { way, texts } of waysOf(channels)) {
    for (const text of texts) {
      pairs.push({ way, small: await find('small', text), large: await find('large', text) });
    }
  }
  return pairs;
}

async function timed(call: Find): Promise<number> {
  const startMs = performance.now();
  await call();
  return performance.now() - startMs;
}

function percentile(groups: readonly number[]): Percentile {
  return { ms: median(groups), spread: spreadOf(groups) };
}

function p95(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? Number.NaN;
}
