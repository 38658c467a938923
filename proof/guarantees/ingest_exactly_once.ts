import { setTimeout as delay } from 'node:timers/promises';
import { DeliveryCause, DeliveryStage } from '../../gen/mobius/integrations/v1/event_pb.js';
import { EventService } from '../../gen/mobius/integrations/v1/event_service_pb.js';
import {
  addAccount,
  compose,
  happening,
  inParallel,
  post,
  type Sender,
  type Sending,
  senders,
  toldBy,
} from '../deliveries.ts';
import { startEngine } from '../engine.ts';
import type { Stage } from '../ground.ts';
import { expect, expectEqual, type Figures, type Guarantee, tally } from '../guarantee.ts';

const total = 10_000;
const repeats = total * 0.3;
const forged = total * 0.05;
const outOfOrder = total * 0.05;
const project = 'ingest';

type Sent = Sending & { readonly isForged: boolean };

export const ingestExactlyOnce: Guarantee = {
  name: 'ingest-exactly-once',
  shows:
    '10,000 deliveries, repeated, forged and out of order, a process killed: every genuine event once, 0 forged, 0 lost, every refused one explained',
  alone: true,
  prove: ground =>
    ground.stage(
      {
        processes: 2,
        withSandbox: true,
        environment: {
          MOBIUS_REJECTIONS_PER_MINUTE: '100000',
          MOBIUS_ENDPOINT_DELIVERIES_PER_SECOND: '100000',
          MOBIUS_PROJECT_DELIVERIES_PER_SECOND: '100000',
          MOBIUS_LOG_LEVEL: 'warn',
        },
      },
      prove,
    ),
};

async function prove(stage: Stage): Promise<Figures> {
  const { processes, db } = stage;
  for (const provider of senders) await addAccount(stage, project, provider);
  const plan = planOf(stage);

  // The engine's own store: a table with the event's id as its key.
  await db.query('create table engine_store (id text primary key, told text not null)');
  let handedOut = 0;
  const engine = startEngine(() => processes, {
    projects: [project],
    streams: 4,
    take: async ({ sourceEvent }) => {
      handedOut++;
      const told = toldBy(sourceEvent?.meta?.provider ?? '', sourceEvent?.event);
      await db.query('insert into engine_store values ($1, $2) on conflict do nothing', [sourceEvent?.meta?.id, told]);
    },
  });

  let sent = 0;
  let answered = 0;
  let retried = 0;
  let restarted: Promise<void> | undefined;
  const killAndRestart = async (): Promise<void> => {
    await processes[1]?.kill();
    processes[1] = await stage.start();
  };
  const accepted: number[] = [];
  const deliver = async (one: Sent): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      const process = processes[(sent++ + attempt) % processes.length];
      const composed = await compose(stage, one, one.isForged ? 'not-the-secret' : undefined);
      const status = await post(process, one.provider, composed);
      if (status === (one.isForged ? 401 : 200)) break;
      expect(status === 0 || status === 503 || status === 429, `${one.provider}: ${status} for a delivery`);
      retried++;
      await delay(20 + 30 * Math.random());
    }
    accepted.push(performance.now());
    if (++answered === total / 2) restarted = killAndRestart();
  };
  const startMs = performance.now();
  await inParallel(plan, 48, deliver);
  const seconds = (performance.now() - startMs) / 1000;
  await restarted;
  // What a vendor heard a refusal to, it sends once more: traces in the memory of the killed process died with it.
  await inParallel(
    plan.filter(one => one.isForged),
    16,
    async one => {
      expectEqual(
        await post(processes[0], one.provider, await compose(stage, one, 'not-the-secret')),
        401,
        'sent again',
      );
    },
  );

  const genuine = plan.filter(one => !one.isForged);
  const wanted = new Set(genuine.map(one => told(one)));
  const stored = async (): Promise<string[]> => (await db.query('select told from engine_store')).rows.map(r => r.told);
  for (const until = performance.now() + 30_000; performance.now() < until && (await stored()).length < wanted.size; ) {
    await delay(100);
  }
  await engine.stop();
  const rows = await stored();
  const twice = Object.entries(tally(rows)).filter(([, n]) => n > 1);
  expectEqual(twice.slice(0, 3), [], 'events in the store twice');
  expectEqual(rows.filter(row => !wanted.has(row)).slice(0, 3), [], 'events in the store that nobody sent');
  expectEqual([...wanted].filter(one => !rows.includes(one)).slice(0, 3), [], 'events lost');

  const explained = await explainForged(stage, plan);
  const { rows: receipts } = await db.query('select stage, count(*)::int as n from integration_events group by 1');
  const byStage = Object.fromEntries(receipts.map(row => [row.stage, row.n]));
  expectEqual(byStage.RECORDED, wanted.size, 'first receipts');
  return {
    deliveries: total,
    per_second: Math.round(total / seconds),
    genuine_events: wanted.size,
    in_store: rows.length,
    handed_out: handedOut,
    repeats_linked: byStage.DUPLICATE,
    forged: explained,
    forged_in_store: 0,
    lost: 0,
    sends_retried: retried,
    streams_reopened: engine.reconnects(),
  };
}

/** Genuine ones first in order, then repeats and forgeries strewn in, then some moved elsewhere. */
function planOf(stage: Stage): Sent[] {
  const events = Array.from({ length: total - repeats - forged }, (_, n) => ({
    ...happening(stage, senders[n % senders.length] as Sender, n),
    isForged: false,
  }));
  const pick = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] as T;
  const plan: Sent[] = [...events];
  for (let i = 0; i < repeats; i++) plan.splice(Math.floor(Math.random() * plan.length), 0, pick(events));
  for (let i = 0; i < forged; i++) {
    const one = { ...happening(stage, senders[i % senders.length] as Sender, total + i), isForged: true };
    plan.splice(Math.floor(Math.random() * plan.length), 0, one);
  }
  for (let i = 0; i < outOfOrder; i++) {
    const [moved] = plan.splice(Math.floor(Math.random() * plan.length), 1);
    if (moved !== undefined) plan.splice(Math.floor(Math.random() * plan.length), 0, moved);
  }
  return plan;
}

function told({ provider, delivery: { payload = {} } }: Sending): string {
  const { text, title, issue } = payload as {
    text?: string;
    title?: string;
    issue?: { title?: string; fields?: { summary?: string } };
  };
  return `${provider}/${text ?? title ?? issue?.title ?? issue?.fields?.summary}`;
}

/** By the id that the vendor's console shows; Slack has it in the unproven body only, so that its are counted. */
async function explainForged({ processes, db }: Stage, plan: readonly Sent[]): Promise<number> {
  const refused = plan.filter(one => one.isForged);
  const events = processes[0]?.rpc(EventService);
  let byKey = 0;
  await inParallel(
    refused.filter(one => one.provider !== 'slack'),
    8,
    async one => {
      const answer = await events?.explainDelivery({ project, deliveryKey: one.deliveryId });
      const [delivery] = answer?.deliveries ?? [];
      expectEqual(
        [DeliveryStage[delivery?.stoppedAt ?? 0], DeliveryCause[delivery?.cause ?? 0]],
        ['REJECTED', 'SIGNATURE_WRONG'],
        `the explanation of a forged delivery of ${one.provider}`,
      );
      byKey++;
    },
  );
  const { rows } = await db.query(
    `select coalesce(sum(count), 0)::int as n from rejected_deliveries where provider = 'slack' and cause = 'SIGNATURE_WRONG'`,
  );
  const ofSlack = refused.length - byKey;
  expect(rows[0].n >= ofSlack, `${rows[0].n} records for ${ofSlack} forged deliveries of Slack`);
  return refused.length;
}
