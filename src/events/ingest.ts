import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { createGroupCommit } from '../group_commit.ts';
import { explainStoreError, isValueRefused, storeErrorCode } from '../store/failure.ts';
import { poolOf, statementsOn } from '../store/sql.ts';
import { openTransactions } from '../store/transactions.ts';
import { type Attributed, attribute, type Received } from './attribute.ts';
import type { DeliveryStage } from './entity.ts';
import type { KeptEvent } from './kept.ts';
import { createRateLimit } from './rate_limit.ts';
import { type Admits, beginRecording } from './record.ts';

/**
 * Records what was received and publishes what is new. Resolves with the stages reached once all of it is durable; rejects
 * RATE_LIMITED where more wait than can be recorded soon.
 */
export type Ingest = (received: Received<KeptEvent>) => Promise<readonly DeliveryStage[]>;

const MAX_BATCH = 64;
/** A second's worth: senders give up after a few. */
const MAX_QUEUED = 1_000;
/** How many seconds' worth a project takes at once. */
const BURST_SECONDS = 5;

/** Deliveries that arrive together share a transaction; whose they are is looked up while those before them are written. */
export function openIngest(deps: Deps): Ingest {
  const perSecond = deps.events.projectPerSecond;
  const limit = createRateLimit({ perSecond, burst: perSecond * BURST_SECONDS, now: deps.now });
  const admits: Admits = (project, receipts) => limit.take(project, receipts) === 0;
  const transact = openTransactions(deps.deliveryPool);
  const record = (batch: readonly Attributed[]) => transact(tx => beginRecording(tx, deps, batch, admits));
  const lookUp = async (batch: readonly Received<KeptEvent>[]): Promise<readonly Attributed[]> => {
    try {
      return await attribute(statementsOn(await poolOf(deps.store.em)), batch);
    } catch (error) {
      throw explainStoreError(error);
    }
  };
  const commit = createGroupCommit<Received<KeptEvent>, readonly DeliveryStage[] | Error, Attributed>({
    maxBatch: MAX_BATCH,
    maxQueued: MAX_QUEUED,
    overloaded: () => new IntegrationError('RATE_LIMITED', { limit: 'server' }, { retryDelayMs: 1_000 }),
    // PostgreSQL has one to go on with while we read the answers to the other.
    atOnce: 2,
    prepare: lookUp,
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
  const oneByOne = async (batch: readonly Attributed[]): Promise<(readonly DeliveryStage[] | Error)[]> => {
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
