import { openGround } from './ground.ts';
import { seedIntegrations } from './seed.ts';
import { loadConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';
import { resolveCredential } from '../src/credentials/resolve.ts';
import { createLogger } from '../src/rpc/log.ts';
import { networkFetch } from '../src/outbound.ts';
import { Session } from 'node:inspector/promises';
import { writeFileSync } from 'node:fs';
const ends: (() => unknown)[] = [];
const ground = await openGround(e => ends.unshift(e));
const seeded = await seedIntegrations(ground, 1000);
const log = createLogger({ level: 'info', destination: { write: l => { if (!l.includes('"call"')) process.stdout.write(l); } } });
const service = await startService(loadConfig({ ...ground.environment, DATABASE_URL: ground.databaseUrl }), { now: () => new Date(), fetch: networkFetch, log });
const deps = service.deps;
let stale = 0, admits = 0;
const orig = deps.audit.admit;
(deps.audit as any).admit = async (a: any, b: any) => { admits++; const r = await orig(a, b); if (r.kind !== 'ADMITTED') stale++; return r; };
let n = 0;
const caller = { identity: 'spiffe://mobius.dev/action-executor', kind: 'certificate' } as const;
const one = () => { const s = seeded[n++ % 1000]!; return resolveCredential(deps, { project: s.project, target: { integrationId: s.id }, purpose: 'slack.message.post', runId: 'run_1', minValidityMs: 0, caller }); };
const session = new Session(); session.connect();
for (let round = 0; round < 4; round++) {
  if (round === 2) { await session.post('Profiler.enable'); await session.post('Profiler.start'); }
  const t = performance.now(), c0 = process.cpuUsage(); let done = 0;
  await Promise.all(Array.from({ length: 128 }, async () => { while (performance.now() - t < 4000) { await one(); done++; } }));
  const c = process.cpuUsage(c0);
  console.log(Math.round(done / (performance.now() - t) * 1000), '/s cpu us/call', Math.round((c.user + c.system) / done), { stale, admits, done });
}
const { profile } = await session.post('Profiler.stop');
writeFileSync('/tmp/in.cpuprofile', JSON.stringify(profile));
await service.stop();
for (const e of ends) await e();
process.exit();
