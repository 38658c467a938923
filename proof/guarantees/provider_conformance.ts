import { factsOf } from '../conformance/facts.ts';
import type { ConformanceStage } from '../conformance/stage.ts';
import { walkProvider } from '../conformance/walk.ts';
import { inParallel } from '../deliveries.ts';
import type { Figures, Guarantee } from '../guarantee.ts';

/** A crawl in the background would meet what is laid in the pickers’ way. */
const environment = { MOBIUS_LOG_LEVEL: 'warn', MOBIUS_REFERENCE_CRAWL: 'off', MOBIUS_SUBSCRIPTIONS: 'on' };

export const providerConformance: Guarantee = {
  name: 'provider-conformance',
  shows:
    'per provider: every way to connect, identity, refresh, revoke, deliveries, forgeries, pickers past a 429, a request',
  prove: ground =>
    ground.stage({ processes: 1, withSandbox: 'ALONE', environment }, async stage => {
      const [service] = stage.processes;
      if (service === undefined) throw new Error('no process');
      const { sandbox, db } = stage;
      const on: ConformanceStage = { sandbox, db, rpc: service.rpc, internal: schema => service.internal(schema) };
      const all = await factsOf(sandbox);
      const sums = {
        modes: 0,
        refreshed: 0,
        revoked: 0,
        events: 0,
        forgeries: 0,
        actions: 0,
        pickers: 0,
        exceptions: 0,
      };
      await inParallel(all, 4, async facts => {
        const tally = await walkProvider(on, facts, { mostEvents: 100, prefix: 'walk' });
        for (const name of Object.keys(sums) as (keyof typeof sums)[]) {
          sums[name] += name === 'exceptions' ? tally.exceptions.length : tally[name];
        }
      });
      return { providers: all.length, ...sums } satisfies Figures;
    }),
};
