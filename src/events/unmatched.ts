import type { EntityManager } from '@mikro-orm/postgresql';
import { typeid } from 'typeid-js';
import type { Statements } from '../store/sql.ts';
import type { EventSource } from './entity.ts';
import type { KeptEvent } from './kept.ts';
import type { StorableEvent } from './payload.ts';

/** A genuine event whose account no integration has. */
export type UnmatchedEvent<Event = StorableEvent> = {
  readonly provider: string;
  readonly source: EventSource;
  readonly receiveTime: Date;
  readonly event: Event;
};

/** For so long it waits for an integration to appear. */
export const UNMATCHED_KEPT_MS = 24 * 3_600_000;
/** Of an account that is never connected no more than that is kept; what comes later is not. */
const MAX_OF_ACCOUNT = 1_000;

/** Within the caller's transaction. An event without an account waits for nobody. */
export async function keepUnmatched(em: Statements, unmatched: readonly UnmatchedEvent<KeptEvent>[]): Promise<void> {
  const rows = unmatched
    .filter(({ event }) => event.accountId !== '')
    .map(({ provider, source, receiveTime, event }) => ({
      provider,
      account_id: event.accountId,
      id: typeid('unmt').toString(),
      source,
      receive_time: receiveTime.toISOString(),
      delivery_key: event.deliveryKey,
      event_type: event.eventType,
      event: storedOf(event),
    }));
  if (rows.length === 0) return;
  await em.execute(
    `insert into unmatched_events (provider, account_id, id, source, receive_time, delivery_key, event_type, event)
     select r.* from jsonb_to_recordset(?::jsonb) as r (provider text, account_id text, id text, source text,
       receive_time timestamptz, delivery_key text, event_type text, event jsonb)
     where (select count(*) from (
       select 1 from unmatched_events u where u.provider = r.provider and u.account_id = r.account_id
       limit ${MAX_OF_ACCOUNT}) k) < ${MAX_OF_ACCOUNT}`,
    [JSON.stringify(rows)],
  );
}

type Row = { provider: string; account_id: string; id: string; source: EventSource; receive_ms: number; event: Stored };
type Stored = Omit<StorableEvent, 'occurTime' | 'payloadJson'> & { readonly occurTime?: string };

function storedOf({ references: _, payloadJson, ...event }: KeptEvent): Stored {
  return {
    ...event,
    occurTime: event.occurTime?.toISOString(),
    payload: JSON.parse(Buffer.from(payloadJson).toString()),
  };
}

/** Locks and removes some whose account is connected now, in the project or, without one, in any; the oldest first. */
export async function takeMatched(
  em: EntityManager,
  project: string | undefined,
  since: Date,
  limit: number,
): Promise<readonly UnmatchedEvent[]> {
  const rows = await em.execute<Row[]>(
    `delete from unmatched_events d using (
       select u.provider, u.account_id, u.id from unmatched_events u
       where u.receive_time > ?::timestamptz and exists (
         select 1 from integrations i
         where i.provider = u.provider and (i.account_id = u.account_id or i.account_url = u.account_id)
           ${project === undefined ? '' : 'and i.project = ?'})
       order by u.receive_time, u.id limit ${limit} for update skip locked) m
     where d.provider = m.provider and d.account_id = m.account_id and d.id = m.id
     returning d.provider, d.account_id, d.id, d.source, d.event,
       (extract(epoch from d.receive_time) * 1000)::float8 as receive_ms`,
    [since.toISOString(), ...(project === undefined ? [] : [project])],
  );
  return rows
    .toSorted((a, b) => a.receive_ms - b.receive_ms || (a.id < b.id ? -1 : 1))
    .map(({ provider, source, receive_ms, event: { occurTime, ...event } }) => ({
      provider,
      source,
      receiveTime: new Date(receive_ms),
      event: {
        ...event,
        payloadJson: JSON.stringify(event.payload),
        ...(occurTime !== undefined && { occurTime: new Date(occurTime) }),
      },
    }));
}
