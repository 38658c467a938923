import { openGround } from './ground.ts';
import { seedIntegrations } from './seed.ts';
import { openStore } from '../src/store/open.ts';
import { createAuditLog } from '../src/audit/log.ts';
const ends: (() => unknown)[] = [];
const ground = await openGround(e => ends.unshift(e));
const seeded = await seedIntegrations(ground, 1000);
const store = await openStore(ground.databaseUrl, 4);const {openPipeline}=await import('../src/store/open.ts');
const audit = createAuditLog(openPipeline(ground.databaseUrl, {warn(){}}), () => new Date());
const em = store.em as any;
const conn = em.getConnection();
const pool = await conn.getNativeClient();
const orig = pool.connect.bind(pool);
const times: Record<string, number[]> = {};
const lease = (i: number) => ({ project: seeded[i % 1000]!.project, id: 'lease_' + i, integrationId: seeded[i % 1000]!.id, generation: 1, provider: 'slack', version: 1, caller: 'spiffe://x/y', purpose: 'slack.message.post', runId: 'run_1', createTime: new Date().toISOString(), expireTime: new Date(Date.now() + 3600e3).toISOString(), perMinute: undefined });
const entry = (i: number) => ({ project: seeded[i % 1000]!.project, action: 'credential.resolve', caller: 'spiffe://x/y', resource: seeded[i % 1000]!.id, provider: 'slack', purpose: 'slack.message.post', runId: 'run_1', leaseId: 'lease_' + i, outcome: 'SUCCEEDED' as const });
let n = 0;
for (let round = 0; round < 25; round++) {
  const t0 = performance.now(), c0 = process.cpuUsage();
  for (let b = 0; b < 20; b++) await Promise.all(Array.from({ length: 128 }, () => { const i = n++; return audit.admit(entry(i) as any, lease(i) as any); }));
  const c = process.cpuUsage(c0);
  console.log('per batch of 128: wall', ((performance.now() - t0) / 20).toFixed(1), 'ms cpu', ((c.user + c.system) / 1000 / 20).toFixed(1), 'ms');
}
const { Query } = await import('pg');
const client = await pool.connect();
const q = client.query.bind(client);
await store.em.fork().execute('select 1');
client.release();
// explain
const leases = JSON.stringify(Array.from({ length: 128 }, () => lease(n++)));
const sql = (await import('node:fs')).readFileSync(new URL('../src/audit/admit.ts', import.meta.url), 'utf8').match(/`(with wanted[\s\S]*?)`/)![1]!.replace('?::jsonb', '$1::jsonb');
console.log((await ground.db.query('explain (analyze, buffers) ' + sql, [leases])).rows.map((r: any) => r['QUERY PLAN']).join('\n'));
await store.close(true);
for (const e of ends) await e();
process.exit();
