import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { Health } from '../gen/grpc/health/v1/health_pb.js';
import { AuthKind } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { ReferenceService } from '../gen/mobius/integrations/v1/reference_service_pb.js';
import { openGround, type Stage } from '../proof/ground.ts';
import { type SlackWorkspace, startSlackWorkspace } from '../proof/slack_workspace.ts';

export type LookupFigures = {
  /** 95th percentiles, in ms. */
  readonly noOp: number;
  readonly at10k: number;
  readonly at1M: number;
  /** Of each way of searching, among a million. */
  readonly byWay: Readonly<Record<string, number>>;
  /** A whole crawl of the 10,000 through the provider, which is what a picker without an index does. */
  readonly crawlMs: number;
};

const WORDS = (
  'alert api backend billing client core customer data deploy design dev docs engineering event finance frontend growth ' +
  'hiring incident infra integration launch legal marketing metrics mobile office onboarding ops partner payment people ' +
  'platform product project random release research sales search security service social staging support team test web'
).split(' ');

/** What people type: the ways a search can go, each with several texts. */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  everything: [''],
  'one letter': ['a', 'p', 's', 'z'],
  'start of a name': ['eng', 'pay', 'sup', 'engineering', 'release-'],
  'two words': ['team sales', 'ops web', 'data search'],
  'start of a word': ['ment', 'front', 'staging 77', 'web 12345'],
  'inside a word': ['gineer', 'ecurit', 'tform', 'ng'],
  'one of them': ['web-web-4021', 'alert api 77', '#ops-team-512'],
  'a typing error': ['enginering', 'suport tema', 'marketnig'],
  nothing: ['zzzz', 'qqxx-9', 'kubernetes'],
  'its id': ['C00000512', 'https://acme.slack.com/archives/C00004096'],
};
const ROUNDS = 12;

/** Channel names: two words and a number, as workspaces have them. */
export function channelNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${word(i * 7)}-${word(i * 13 + Math.floor(i / 50))}-${i}`);
}

/** Measures LookupReferences over rpc in a process of its own, in turns with a call that does nothing. */
export async function measureReferenceLookup(rows = 1_000_000): Promise<LookupFigures> {
  const ends: (() => unknown)[] = [];
  try {
    const workspace = await startSlackWorkspace(channelNames(10_000));
    ends.unshift(workspace.close);
    const ground = await openGround(end => ends.unshift(end));
    const environment = { MOBIUS_PLATFORM_FILE: workspace.platformFile, MOBIUS_LOG_LEVEL: 'warn' };
    return await ground.stage({ processes: 1, environment }, stage => measure(stage, workspace, rows));
  } finally {
    for (const end of ends) await end();
  }
}

async function measure(stage: Stage, workspace: SlackWorkspace, rows: number): Promise<LookupFigures> {
  const [service] = stage.processes;
  if (service === undefined) throw new Error('no process');
  const references = service.rpc(ReferenceService);
  const connect = (project: string) =>
    service.rpc(IntegrationService).connectProvider({
      ...{ project, provider: 'slack', authKind: AuthKind.BOT_TOKEN },
      credentials: { bot_token: workspace.botToken },
    });
  const complete = async (project: string) => {
    for (;;) {
      const { completeness } = await references.lookupReferences({
        project,
        referenceType: 'slack.channel',
        pageSize: 1,
      });
      if (completeness?.complete) return completeness.known;
      await delay(50);
    }
  };
  const startMs = performance.now();
  await connect('small');
  const known = await complete('small');
  const crawlMs = performance.now() - startMs;
  if (known !== 10_000) throw new Error(`${known} of 10,000 channels are indexed`);
  await connect('large');
  await complete('large');
  await fill(stage.db, rows);

  const health = service.rpc(Health);
  const timed = async (call: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await call();
    return performance.now() - start;
  };
  const small: number[] = [];
  const noOp: number[] = [];
  const large: { way: string; ms: number }[] = [];
  for (let round = -2; round < ROUNDS; round++) {
    for (const [way, texts] of Object.entries(WAYS)) {
      for (const q of texts) {
        const find = (project: string) =>
          timed(() => references.lookupReferences({ project, referenceType: 'slack.channel', q }));
        const times = [await timed(() => health.check({})), await find('small'), await find('large')] as const;
        // The first rounds warm up.
        if (round < 0) continue;
        noOp.push(times[0]);
        small.push(times[1]);
        large.push({ way, ms: times[2] });
      }
    }
  }
  return {
    noOp: p95(noOp),
    at10k: p95(small),
    at1M: p95(large.map(({ ms }) => ms)),
    byWay: Object.fromEntries(
      Object.keys(WAYS).map(way => [way, p95(large.flatMap(t => (t.way === way ? t.ms : [])))]),
    ),
    crawlMs,
  };
}

/** Adds rows to the large list as a crawl would, to so many in all. */
async function fill(db: pg.Pool, rows: number): Promise<void> {
  const batch = 50_000;
  const { rows: found } = await db.query(
    `select id from reference_lists where project = 'large' and reference_type = 'slack.channel'`,
  );
  for (let start = 10_000; start < rows; start += batch) {
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

function word(index: number): string {
  return WORDS[index % WORDS.length] ?? '';
}

function p95(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? 0).toFixed(2));
}

if (import.meta.main) {
  const { noOp, at10k, at1M, byWay, crawlMs } = await measureReferenceLookup(Number(process.env.ROWS ?? 1_000_000));
  console.log(`reference-lookup  p95 ms: no-op ${noOp}, 10,000 rows ${at10k}, 1,000,000 rows ${at1M}`);
  console.log(`  over the no-op: ${(at10k - noOp).toFixed(2)} and ${(at1M - noOp).toFixed(2)} (goals 10 and 30)`);
  console.log(`  a crawl of the 10,000 through the provider: ${Math.round(crawlMs)} ms`);
  for (const [way, ms] of Object.entries(byWay)) console.log(`  among a million, ${way}: ${ms}`);
}
