import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { type Told, touchReferences } from '../references/touch.ts';
import { boundStatements, type Statements } from '../store/sql.ts';
import { type Attributed, attribute, type Receipt, type Received } from './attribute.ts';
import { claimKeys } from './duplicates.ts';
import type { DeliveryStage } from './entity.ts';
import { keep } from './kept.ts';
import { announcePublished } from './publish.ts';
import { keepUnmatched } from './unmatched.ts';
import { writeReceipts } from './write_receipts.ts';

/** Whether the project takes so many receipts more now. */
export type Admits = (project: string, receipts: number) => boolean;

/**
 * The stages of each delivery: of its receipts, UNMATCHED for an event that no integration has the account of, which is kept for one
 * to come, and REJECTED where a project takes no more now.
 */
export type Stages = readonly (readonly DeliveryStage[])[];

/** Records what was received, within the caller's transaction. */
export async function recordBatch(
  em: EntityManager,
  deps: Pick<Deps, 'now' | 'log' | 'catalog'>,
  batch: readonly Received[],
  admits: Admits,
): Promise<Stages> {
  const kept = batch.map(received => ({
    ...received,
    events: received.events.map(event => keep(deps, received.provider, event)),
  }));
  const tx = boundStatements(em);
  const { sent, result } = beginRecording(tx, deps, await attribute(tx, kept), admits);
  const [reached] = await Promise.all([result, sent]);
  return reached;
}

/**
 * One receipt for each integration of an event's account and, for what is new, one source event. Resolves `sent` when no statement
 * follows: on a pipelining connection that is at once, and the commit may go out with them.
 */
export function beginRecording(
  tx: Statements,
  deps: Pick<Deps, 'now'>,
  batch: readonly Attributed[],
  admits: Admits,
): { readonly sent: Promise<void>; readonly result: Promise<Stages> } {
  const receipts = batch.flatMap(delivery => admitted(delivery, admits));
  const written = write(tx, receipts, deps.now());
  const keeping = keepUnmatched(tx, batch.flatMap(unmatchedOf));
  const isAdmitted = new Set(receipts);
  const stagesOf = async (): Promise<Stages> => {
    const [repeats] = await Promise.all([written, keeping]);
    const stageOf = (receipt: Receipt): DeliveryStage => {
      if (!isAdmitted.has(receipt)) return 'REJECTED';
      if (repeats.has(receipt.id)) return 'DUPLICATE';
      return receipt.sourceEventId === undefined ? 'RECORDED' : 'PUBLISHED';
    };
    return batch.map(({ receiptsOf }) =>
      [...receiptsOf.values()].flatMap((own): readonly DeliveryStage[] =>
        own.length === 0 ? ['UNMATCHED'] : own.map(stageOf),
      ),
    );
  };
  const touching = async (): Promise<void> => {
    const told = receipts.filter(receipt => receipt.event.references.length > 0);
    if (told.length === 0) return;
    const repeats = await written;
    await touchReferences(tx, deps, told.filter(receipt => !repeats.has(receipt.id)).map(toldOf));
  };
  return { sent: touching(), result: stagesOf() };
}

/** Sends all there is to write of the receipts, and answers which repeat another. */
async function write(tx: Statements, receipts: readonly Receipt[], now: Date): Promise<ReadonlyMap<string, string>> {
  if (receipts.length === 0) return new Map();
  const published = receipts.filter(receipt => receipt.sourceEventId !== undefined);
  const [, repeats] = await Promise.all([
    claimKeys(tx, receipts),
    writeReceipts(tx, receipts, now),
    announcePublished(
      tx,
      published.map(receipt => receipt.project),
    ),
  ]);
  return repeats;
}

/** A delivery's receipts in one project are taken together or not at all. */
function admitted({ receiptsOf }: Attributed, admits: Admits): readonly Receipt[] {
  const byProject = Map.groupBy([...receiptsOf.values()].flat(), receipt => receipt.project);
  return [...byProject].flatMap(([project, own]) => (admits(project, own.length) ? own : []));
}

function unmatchedOf({ received: { events: _, ...received }, receiptsOf }: Attributed) {
  return [...receiptsOf].flatMap(([event, receipts]) => (receipts.length === 0 ? [{ ...received, event }] : []));
}

function toldOf({ project, integrationId, event: { occurTime, references } }: Receipt): Told {
  return { project, integrationId, references, ...(occurTime !== undefined && { occurTime }) };
}
