import { channelName } from '../store/changes.ts';
import { pgArray, type Statements } from '../store/sql.ts';
import type { HandOut } from './ack_token.ts';

/**
 * Takes off for good what is still with the stream that it was handed to, and answers which that was: nearly all that is
 * acknowledged. Locked in the order of their keys, in which everybody locks several. Updated as a conflict of an insertion, which
 * finds its row by the key whatever the statistics say; nothing is inserted, since the row is there and locked.
 */
export async function finishHeld(
  keyed: Statements,
  consumer: string,
  handOuts: readonly HandOut[],
): Promise<ReadonlySet<HandOut>> {
  const named = new Map(handOuts.map(handOut => [nameOf(handOut.project, handOut.sourceEventId), handOut]));
  const wanted = [...named.values()];
  const rows = await keyed.execute<{ project: string; id: string }[]>(
    `with held as materialized (
       select w.project, w.id, w.attempt from (
         select * from unnest(?::text[], ?::text[], ?::text[], ?::int[]) as u (project, id, stream, attempt)
         order by project, id) w
       cross join lateral (
         select state, stream, attempts from handovers
         where project = w.project and source_event_id = w.id and consumer = ? offset 0 for update) h
       where h.state = 'LEASED' and h.stream = w.stream and h.attempts = w.attempt),
     finished as (
       insert into handovers as h (project, source_event_id, consumer, state, attempts, nacks, run_ids)
       select project, id, ?, 'ACKNOWLEDGED', attempt, 0, '{}' from held
       on conflict (project, source_event_id, consumer) do update
         set state = excluded.state, lease_end_time = null, next_time = null
       returning h.project, h.source_event_id as id, h.is_ordered)
     select project, id, case when is_ordered then pg_notify(?, project)::text end from finished`,
    [
      pgArray(wanted.map(({ project }) => project)),
      pgArray(wanted.map(({ sourceEventId }) => sourceEventId)),
      pgArray(wanted.map(({ stream }) => stream)),
      `{${wanted.map(({ attempt }) => attempt).join(',')}}`,
      consumer,
      consumer,
      channelName('source_event_freed'),
    ],
  );
  const finished = new Set(rows.map(({ project, id }) => nameOf(project, id)));
  return new Set(
    handOuts.filter(handOut => {
      const name = nameOf(handOut.project, handOut.sourceEventId);
      // Of two tokens of one event at most one is the hand-out that counts.
      return (
        finished.has(name) && named.get(name)?.attempt === handOut.attempt && named.get(name)?.stream === handOut.stream
      );
    }),
  );
}

function nameOf(project: string, sourceEventId: string): string {
  return `${project}/${sourceEventId}`;
}
