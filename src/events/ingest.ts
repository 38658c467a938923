import type { Pool } from 'pg';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { createGroupCommit } from '../group_commit.ts';
import { explainStoreError, isValueRefused, storeErrorCode } from '../store/failure.ts';
import { statementsOn } from '../store/sql.ts';
import type { DeliveryStage } from './entity.ts';
import { createRateLimit } from './rate_limit.ts';
import { type Admits, beginRecording, type Stages, type Waiting } from './record.ts';

/**
 * Records what was received and publishes what is new. Resolves with the stages reached once all of it is durable; rejects
 * RATE_LIMITED where more wait than can be recorded soon.
 */
export type Ingest = (received: Waiting) => Promise<readonly DeliveryStage[]>;

const MAX_BATCH = 64;
/** A second's worth: senders give up after a few. */
const MAX_QUEUED = 1_000;
/** How many seconds' worth a project takes at once. */
const BURST_SECONDS = 5;

/** Deliveries that arrive together share a transaction. */
export function openIngest(deps: Deps): Ingest {
  const perSecond = deps.events.projectPerSecond;
  const limit = createRateLimit({ perSecond, burst: perSecond * BURST_SECONDS, now: deps.now });
  const admits: Admits = (project, receipts) => limit.take(project, receipts) === 0;
  const record = (batch: readonly Waiting[]) => recordOn(deps.deliveryPool, deps, batch, admits);
  const commit = createGroupCommit<Waiting, readonly DeliveryStage[] | Error>({
    maxBatch: MAX_BATCH,
    maxQueued: MAX_QUEUED,
    overloaded: () => new IntegrationError('RATE_LIMITED', { limit: 'server' }, { retryDelayMs: 1_000 }),
    write: async batch => {
      try {
        return await record(batch);
      } catch (error) {
        if (!isValueRefused(error)) throw explainStoreError(error);
        return await oneByOne(batch);
      }
    },
  });

  /** What the store does not take fails alone and keeps nothing else out. */
  const oneByOne = async (batch: readonly Waiting[]): Promise<(readonly DeliveryStage[] | Error)[]> => {
    const results: (readonly DeliveryStage[] | Error)[] = [];
    for (const received of batch) {
      try {
        results.push((await record([received]))[0] ?? []);
      } catch (error) {
        if (!isValueRefused(error)) throw explainStoreError(error);
        results.push(new Error(`the store refused a delivery's values (${storeErrorCode(error)})`));
      }
    }
    return results;
  };

  return async received => {
    const stages = await commit.add(received);
    if (stages instanceof Error) throw stages;
    for (const stage of stages) deps.metrics.countDelivery(received.provider, stage.toLowerCase());
    return stages;
  };
}

/** In one transaction on the pool's pipelining connection, in three round trips where nothing repeats. */
async function recordOn(pool: Pool, deps: Deps, batch: readonly Waiting[], admits: Admits): Promise<Stages> {
  const client = await pool.connect();
  try {
    const beginning = client.query('begin');
    const recording = beginRecording(statementsOn(client), deps, batch, admits);
    const [{ stages, writing }] = await Promise.all([recording, beginning]);
    await Promise.all([writing, client.query('commit')]);
    client.release();
    return stages;
  } catch (error) {
    // Whatever was begun on it ends with it.
    client.release(true);
    throw error;
  }
}
