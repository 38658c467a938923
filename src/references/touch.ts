import type { Deps } from '../deps.ts';
import type { ParsedEvent } from '../providers/delivery.ts';
import type { ReferenceTouch } from '../providers/provider.ts';
import type { Statements } from '../store/sql.ts';
import { recheckWatched } from './check.ts';
import type { IndexedState } from './entity.ts';
import { rowOf } from './items.ts';
import { type ListPlace, listId } from './lists.ts';

/** What an event tells of one reference, in a list of whichever integration it is recorded for. */
export type ToldReference = {
  readonly referenceType: string;
  readonly dependsOn: Readonly<Record<string, string>>;
  readonly touch: ReferenceTouch;
};

/** What an event told that was recorded for an integration, once. */
export type Told = {
  readonly project: string;
  readonly integrationId: string;
  readonly occurTime?: Date;
  readonly references: readonly ToldReference[];
};

type Touch = ListPlace & { readonly touch: ReferenceTouch; readonly occurTime: Date | undefined };

/** Clocks of vendors differ from ours by less, and they give whole seconds. */
const SKEW_MS = 5_000;

export function referencesIn(
  deps: Pick<Deps, 'log' | 'catalog'>,
  provider: string,
  event: Pick<ParsedEvent, 'eventType' | 'payload'>,
): readonly ToldReference[] {
  return (deps.catalog.provider(provider)?.references ?? []).flatMap(type => {
    if (type.source !== 'PROVIDER' || type.touchedBy === undefined) return [];
    try {
      return type
        .touchedBy(event)
        .flatMap(touch => (touch.lists ?? [{}]).map(dependsOn => ({ referenceType: type.name, dependsOn, touch })));
    } catch {
      // The event is recorded whatever its references look like; the next crawl sees them.
      deps.log.warn({ provider, type: type.name, eventType: event.eventType }, 'references in an event are unreadable');
      return [];
    }
  });
}

/**
 * Brings into the index what events tell of references, within the transaction that records them. What may be late, or is
 * told in part, is put in doubt and asked for: events come in any order.
 */
export async function touchReferences(tx: Statements, deps: Pick<Deps, 'now'>, events: readonly Told[]): Promise<void> {
  // In one order in every transaction, so that two never wait for each other. Sorting is stable: events keep theirs.
  const touches = events.flatMap(touchesOf).sort((a, b) => compare(a.project, b.project) || compare(a.id, b.id));
  for (const touch of touches) await apply(tx, deps, touch);
}

function touchesOf({ project, integrationId, occurTime, references }: Told): Touch[] {
  return references.map(({ referenceType, dependsOn, touch }) => ({
    project,
    id: listId({ integrationId, referenceType, dependsOn }),
    touch,
    occurTime,
  }));
}

async function apply(tx: Statements, deps: Pick<Deps, 'now'>, { project, id, touch, occurTime }: Touch): Promise<void> {
  // The event is of the integration's account as it is now; a list of the account before is void.
  const lists = await tx.execute<{ generation: number }[]>(
    `select l.generation from reference_lists l
       join integrations i on i.project = l.project and i.id = l.integration_id and i.account_id = l.account_id
      where l.project = ? and l.id = ? for update of l`,
    [project, id],
  );
  const [list] = lists;
  if (list === undefined) return;
  const row = await findRow(tx, { project, id }, touch.value);
  const now = deps.now();
  const merged = merge(row, touch);
  const isLate = row !== undefined && isOlder(row, occurTime);
  if (merged !== undefined && !isLate) {
    await write(tx, { project, id }, merged, { generation: list.generation, now, occurTime: occurTime ?? now });
    const delta = Number(merged.state === 'PRESENT') - Number(row?.state === 'PRESENT');
    await tx.execute('update reference_lists set known = known + ? where project = ? and id = ?', [delta, project, id]);
  }
  const isTied = row?.changeMs === occurTime?.getTime();
  if (row !== undefined && (merged === undefined || isLate || isTied))
    await doubt(tx, { project, id }, touch.value, now);
  if (merged?.state !== 'PRESENT') await recheckWatched(tx, { project, id }, [touch.value], now);
}

type Row = {
  readonly label: string;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly parent: string | null;
  readonly state: IndexedState;
  readonly seenMs: number;
  readonly changeMs: number | null;
};

async function findRow(tx: Statements, { project, id }: ListPlace, value: string): Promise<Row | undefined> {
  const rows = await tx.execute<Row[]>(
    `select label, description, metadata, parent, state, (extract(epoch from seen_time) * 1000)::float8 as "seenMs",
       (extract(epoch from change_time) * 1000)::float8 as "changeMs"
     from indexed_references where project = ? and list = ? and value = ?`,
    [project, id, value],
  );
  return rows[0];
}

/** What is known, with what the event adds; undefined where that is too little to tell. */
function merge(row: Row | undefined, touch: ReferenceTouch) {
  const { value, label, state } = touch;
  if (label === undefined && state === undefined) return undefined;
  if (row === undefined && (label === undefined || state === 'NOT_FOUND')) return undefined;
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
function isOlder(row: Row, occurTime: Date | undefined): boolean {
  if (occurTime === undefined) return false;
  const happenedMs = occurTime.getTime();
  return happenedMs < (row.changeMs ?? 0) || happenedMs + SKEW_MS < row.seenMs;
}

async function write(
  tx: Statements,
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
async function doubt(tx: Statements, { project, id }: ListPlace, value: string, now: Date): Promise<void> {
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
