import { openGround } from './ground.ts';
import { seedIntegrations } from './seed.ts';
import { mutualTls, startLoad } from './grpc.ts';
import { messageOf, path } from './measures/resolve.ts';
const ends: (() => unknown)[] = [];
const ground = await openGround(e => ends.unshift(e));
if (process.env.PROF) (ground.environment as any).NODE_OPTIONS = '--cpu-prof --cpu-prof-dir=/tmp/prof2';
const seeded = await seedIntegrations(ground, 1000);
const service = await ground.startService();
const load = await startLoad(ground);
const job = { url: `https://${service.addresses.internal}`, path, headers: {}, tls: mutualTls(ground), messages: seeded.map(messageOf), connections: 8 };
for (let i = 0; i < 4; i++) {
  const c = service.cpuMs();
  const r = await load.run({ ...job, load: { streams: 16 }, durationMs: 4000 });
  const used = service.cpuMs() - c;
  console.log(Math.round(r.calls * 1000 / r.durationMs), '/s busy', Math.round(used / r.durationMs * 100), '% us/call', Math.round(used * 1000 / r.calls), JSON.stringify(r.latencyMs), service.memoryMb());
}
await service.stop();
for (const e of ends) await e();
process.exit();
