import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CallRecord } from './call_record.ts';

export type PoolState = { total: number; idle: number; waiting: number };
export type RefreshOutcome =
  | 'refreshed'
  | 'revoked'
  | 'idle_expired'
  | 'consent_withdrawn'
  | 'scope_reduced'
  | 'client_invalid'
  | 'rate_limited'
  | 'provider_unavailable'
  | 'network'
  | 'store_unavailable';

/** What /metrics tells. Labels are bounded: methods, codes, providers, stages; never a project, caller or id. */
export type Metrics = {
  /** For logCalls. */
  observeCall(call: CallRecord): void;
  countRefresh(provider: string, outcome: RefreshOutcome): void;
  /** One delivery reached this DeliveryStage, in lower case. */
  countDelivery(provider: string, stage: string): void;
  /** From now on every scrape reads the pool's state. */
  watchPool(read: () => PoolState): void;
  /** And how many provider manifests are in force, and how many files are refused. */
  watchManifests(read: () => { readonly loaded: number; readonly refused: number }): void;
  contentType: string;
  /** The exposition text. */
  read(): Promise<string>;
};

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    name: 'mobius_rpc_calls_total',
    help: 'Calls that ended, by method, protocol, code and reason.',
    labelNames: ['method', 'protocol', 'code', 'reason'],
    registers,
  });
  const latency = new Histogram({
    name: 'mobius_rpc_call_duration_seconds',
    help: 'From the request read to the answer made; for streams, to their end.',
    labelNames: ['method', 'code'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers,
  });
  const refreshes = new Counter({
    name: 'mobius_credential_refreshes_total',
    help: 'Credential refreshes that ended, by provider and outcome.',
    labelNames: ['provider', 'outcome'],
    registers,
  });
  const deliveries = new Counter({
    name: 'mobius_deliveries_total',
    help: 'Deliveries that reached a stage, by provider and stage.',
    labelNames: ['provider', 'stage'],
    registers,
  });

  return {
    observeCall({ method, protocol, code, reason, durationMs }) {
      calls.inc({ method, protocol, code, reason: reason ?? '' });
      latency.observe({ method, code }, durationMs / 1000);
    },
    countRefresh: (provider, outcome) => refreshes.inc({ provider, outcome }),
    countDelivery: (provider, stage) => deliveries.inc({ provider, stage }),
    watchPool(read) {
      registry.removeSingleMetric(poolMetric);
      new Gauge({
        name: poolMetric,
        help: 'Database connections, and callers waiting for one.',
        labelNames: ['state'],
        registers,
        collect() {
          const { total, idle, waiting } = read();
          this.set({ state: 'busy' }, total - idle);
          this.set({ state: 'idle' }, idle);
          this.set({ state: 'waiting' }, waiting);
        },
      });
    },
    watchManifests(read) {
      new Gauge({
        name: 'mobius_provider_manifests',
        help: 'Manifests of MOBIUS_PROVIDERS_DIR: loaded are in force, refused are wrong as they are now.',
        labelNames: ['state'],
        registers,
        collect() {
          const { loaded, refused } = read();
          this.set({ state: 'loaded' }, loaded);
          this.set({ state: 'refused' }, refused);
        },
      });
    },
    contentType: registry.contentType,
    read: () => registry.metrics(),
  };
}

const poolMetric = 'mobius_db_pool_connections';
