import { ConnectError } from '@connectrpc/connect';
import { SourceEventService } from '../../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import { addIntegration, compose, inParallel, post, type Sending } from '../deliveries.ts';
import { acknowledge } from '../engine.ts';
import type { Stage } from '../ground.ts';
import { expect, expectEqual, type Figures, type Guarantee } from '../guarantee.ts';

const project = 'crash';
const objects = 20;
const changes = 30;
const crashes = 50;

export const consumerCrash: Guarantee = {
  name: 'consumer-crash',
  shows: 'the trigger stream killed 50 times: every event acknowledged in the end, none skipped, order per object kept',
  prove: ground => ground.stage({ processes: 2, withSandbox: true }, prove),
};

async function prove(stage: Stage): Promise<Figures> {
  const { processes, db } = stage;
  await addIntegration(db, project, 'linear', stage.sandbox.seeds.linear.organizations[0]?.id ?? '');
  const object = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
  for (let n = 1; n <= changes; n++) {
    const sendings = Array.from({ length: objects }, (_, i): Sending => {
      const payload = { id: object(i), n, updatedAt: `2026-02-02T00:00:${String(n).padStart(2, '0')}Z` };
      return { provider: 'linear', deliveryId: crypto.randomUUID(), delivery: { event: 'Issue.update', payload } };
    });
    await inParallel(sendings, objects, async one => {
      expectEqual(await post(processes[n % 2], 'linear', await compose(stage, one)), 200, 'a delivery');
    });
  }

  const acknowledged = new Map<string, number[]>();
  const handedOut = new Set<string>();
  let killed = 0;
  let redelivered = 0;
  let count = 0;
  for (let run = 0; count < objects * changes; run++) {
    const process = processes[run % 2];
    if (process === undefined) throw new Error('no process');
    // After so many it dies, with some in hand that it has not acknowledged.
    const dies = killed < crashes ? 4 + (run % 15) : Number.POSITIVE_INFINITY;
    const abort = new AbortController();
    let taken = 0;
    try {
      const request = { consumer: 'engine', projects: [project], ordered: true };
      const stream = process
        .internal(SourceEventService, 'trigger', run)
        .streamSourceEvents(request, { signal: abort.signal });
      for await (const { sourceEvent, ackToken } of stream) {
        const id = sourceEvent?.meta?.id ?? '';
        if (handedOut.has(id)) redelivered++;
        handedOut.add(id);
        if (++taken >= dies) {
          abort.abort();
          continue;
        }
        if (!(await acknowledge(process, run, [ackToken]))) continue;
        const { id: of, n } = (sourceEvent?.event?.data ?? {}) as { id: string; n: number };
        acknowledged.set(of, [...(acknowledged.get(of) ?? []), n]);
        if (++count === objects * changes) abort.abort();
      }
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
    }
    killed++;
  }
  const wanted = Array.from({ length: changes }, (_, i) => i + 1);
  for (let i = 0; i < objects; i++) expectEqual(acknowledged.get(object(i)), wanted, `the order of object ${i}`);
  const { rows } = await db.query(`select count(*)::int as n from handovers where state <> 'ACKNOWLEDGED'`);
  expectEqual(rows[0].n, 0, 'events not acknowledged');
  expect(killed > crashes, `only ${killed} streams were killed`);
  return { events: count, objects, streams_killed: killed - 1, redelivered, skipped: 0, out_of_order: 0 };
}
