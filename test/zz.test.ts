import { test } from 'vitest';
import { SourceEventService } from '../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import { addIntegration, deliver, openStream } from './event_stage.ts';
import { startWorld } from './world.ts';
test('x', { timeout: 120_000 }, async () => {
  const world = await startWorld({ environment: { MOBIUS_LOG_LEVEL: 'warn' } });
  await addIntegration(world, 'p', 'acc');
  const N = 4000; let left = N;
  let t = performance.now();
  await Promise.all(Array.from({ length: 64 }, async () => { while (left-- > 0) await deliver(world, 'acc', { happening: `h${left}` }); }));
  console.log('ingest/s', N / ((performance.now() - t) / 1000));
  t = performance.now();
  const s = openStream(world, { projects: ['p'] });
  let acked = 0; const client = world.internal(SourceEventService, 'trigger');
  while (acked < N) {
    const got = s.received.slice(acked, acked + 1000);
    if (got.length === 0) { await new Promise(r => setImmediate(r)); continue; }
    await client.acknowledgeSourceEvents({ consumer: 'engine', acknowledgements: got.map(g => ({ ackToken: g.ackToken, kind: 1 })) });
    acked += got.length;
  }
  console.log('deliver+ack/s', N / ((performance.now() - t) / 1000), new Set(s.ids()).size);
  const t1 = Date.now(); const n0 = s.received.length; await deliver(world, 'acc'); while (s.received.length === n0) await new Promise(r => setImmediate(r)); console.log('latency ms', Date.now() - t1);
  await s.close();
  console.log((await world.db.query(`explain (analyze, costs off) select h.project, h.source_event_id from handovers h join source_events s on s.project = h.project and s.id = h.source_event_id where h.consumer = 'engine' and h.state in ('LEASED','WAITING') and coalesce(h.lease_end_time, h.next_time) <= now() order by s.publish_time limit 64`)).rows.map(r => r['QUERY PLAN']).join('\n'));
  await world.stop();
});
