import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import type { ParsedEvent } from '../providers/delivery.ts';
import type { ReferenceTouch } from '../providers/provider.ts';
import { recheckWatched } from './check.ts';
import { type IndexedReference, IndexedReferenceEntity } from './entity.ts';
import { rowOf } from './items.ts';
import { type ListPlace, listId } from './lists.ts';

/** An event that was recorded for an integration, once. */
export type ToldEvent = {
  readonly project: string;
  readonly integrationId: string;
  readonly provider: string;
  readonly event: Pick<ParsedEvent, 'eventType' | 'payload' | 'occurTime'>;
};

type Touch = ListPlace & { readonly touch: ReferenceTouch; readonly occurTime: Date | undefined };

/** Clocks of vendors differ from ours by less, and they give whole seconds. */
const SKEW_MS = 5_000;

/**
 * Brings into the index what events tell of references, within the transaction that records them. What may be late, or is
 * told in part, is put in doubt and asked for: events come in any order.
 */
export async function touchReferences(
  em: EntityManager,
  deps: Pick<Deps, 'now' | 'log' | 'catalog'>,
  events: readonly ToldEvent[],
): Promise<void> {
  // In one order in every transaction, so that two never wait for each other. Sorting is stable: events keep theirs.
  const touches = events
    .flatMap(told => touchesOf(deps, told))
    .sort((a, b) => compare(a.project, b.project) || compare(a.id, b.id));
  for (const touch of touches) await apply(em, deps, touch);
}

function touchesOf(
  deps: Pick<Deps, 'log' | 'catalog'>,
  { project, integrationId, provider, event }: ToldEvent,
): Touch[] {
  return (deps.catalog.provider(provider)?.references ?? []).flatMap(type => {
    if (type.source !== 'PROVIDER' || type.touchedBy === undefined) return [];
    try {
      return type.touchedBy(event).flatMap(touch =>
        (touch.lists ?? [{}]).map(dependsOn => ({
          project,
          id: listId({ integrationId, referenceType: type.name, dependsOn }),
          touch,
          occurTime: event.occurTime,
        })),
      );
    } catch {
      // The event is recorded whatever its references look like; the next crawl sees them.
      deps.log.warn({ provider, type: type.name, eventType: event.eventType }, 'references in an event are unreadable');
      return [];
    }
  });
}

async function apply(
  tx: EntityManager,
  deps: Pick<Deps, 'now'>,
  { project, id, touch, occurTime }: Touch,
): Promise<void> {
  // The event is of the integration's account as it is now; a list of the account before is void.
  const lists = await tx.execute<{ generation: number }[]>(
    `select l.generation from reference_lists l
       join integrations i on i.project = l.project and i.id = l.integration_id and i.account_id = l.account_id
      where l.project = ? and l.id = ? for update of l`,
    [project, id],
  );
  const [list] = lists;
  if (list === undefined) return;
  const where = { project, list: id, value: touch.value };
  const row = (await tx.findOne(IndexedReferenceEntity, where, { refresh: true })) as IndexedReference | null;
  const now = deps.now();
  const merged = merge(row, touch);
  const isLate = row !== null && isOlder(row, occurTime);
  if (merged !== undefined && !isLate) {
    await write(tx, { project, id }, merged, { generation: list.generation, now, occurTime: occurTime ?? now });
    const delta = Number(merged.state === 'PRESENT') - Number(row?.state === 'PRESENT');
    await tx.execute('update reference_lists set known = known + ? where project = ? and id = ?', [delta, project, id]);
  }
  const isTied = row?.changeTime?.getTime() === occurTime?.getTime() && row !== null && row.changeTime !== null;
  if (row !== null && (merged === undefined || isLate || isTied)) await doubt(tx, { project, id }, touch.value, now);
  if (merged?.state !== 'PRESENT') await recheckWatched(tx, { project, id }, [touch.value], now);
}

/** What is known, with what the event adds; undefined where that is too little to tell. */
function merge(row: IndexedReference | null, touch: ReferenceTouch) {
  const { value, label, state } = touch;
  if (label === undefined && state === undefined) return undefined;
  if (row === null && (label === undefined || state === 'NOT_FOUND')) return undefined;
  return {
    value,
    label: label ?? row?.label ?? value,
    ...((touch.description ?? row?.description) && { description: touch.description ?? row?.description ?? '' }),
    metadata: { ...row?.metadata, ...touch.metadata },
    ...((touch.parent ?? row?.parent) && { parent: touch.parent ?? row?.parent ?? '' }),
    state: state ?? row?.state ?? 'PRESENT',
  };
}

/** Whether the row holds something that is, or may be, newer than the event. */
function isOlder(row: IndexedReference, occurTime: Date | undefined): boolean {
  if (occurTime === undefined) return false;
  const happenedMs = occurTime.getTime();
  return happenedMs < (row.changeTime?.getTime() ?? 0) || happenedMs + SKEW_MS < row.seenTime.getTime();
}

async function write(
  tx: EntityManager,
  { project, id }: ListPlace,
  item: NonNullable<ReturnType<typeof merge>>,
  told: { readonly generation: number; readonly now: Date; readonly occurTime: Date },
): Promise<void> {
  const rows = rowOf(item);
  await tx.execute(
    `insert into indexed_references (project, list, value, label, description, metadata, parent, state, name, extra,
       generation, seen_time, change_time, touch_time)
     select ?, ?, value, label, description, metadata, parent, state, name, extra, ?, ?, ?, ?
       from jsonb_to_recordset(?::jsonb) as r (value text, label text, description text, metadata jsonb, parent text,
         state text, name text, extra text)
     on conflict (project, list, value) do update set label = excluded.label, description = excluded.description,
       metadata = excluded.metadata, parent = excluded.parent, state = excluded.state, name = excluded.name,
       extra = excluded.extra, generation = excluded.generation, change_time = excluded.change_time,
       touch_time = excluded.touch_time, check_time = null`,
    [project, id, told.generation, told.occurTime, told.occurTime, told.now, JSON.stringify(rows)],
  );
}

/** Puts the value in doubt: the crawler asks for it, when the provider lets it. */
async function doubt(tx: EntityManager, { project, id }: ListPlace, value: string, now: Date): Promise<void> {
  await tx.execute('update indexed_references set check_time = ? where project = ? and list = ? and value = ?', [
    ...[now, project, id, value],
  ]);
  await tx.execute(
    `update reference_lists set check_time = greatest(coalesce(check_time, ?::timestamptz),
       case when failure = 'RATE_LIMITED' then next_time end)
      where project = ? and id = ?`,
    [now, project, id],
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
