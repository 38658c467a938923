import type { Position } from './consumer.ts';
import { patternCondition } from './pattern.ts';

/**
 * A condition on a new event `s` of a consumer `c`: nothing of its ordering key is with the consumer or waits to be handed
 * out again, and nothing earlier of it is still to be handed out. What is DEAD holds nobody up.
 */
export function isFirstOfKey({ consumer, patterns }: Position): { sql: string; params: string[] } {
  const pattern = patternCondition('b.event_type', patterns);
  return {
    sql: `not exists (
        select 1 from handovers o
        where o.project = s.project and o.consumer = ? and o.ordering_key = s.ordering_key
          and o.state in ('LEASED', 'WAITING') offset 0)
      and not exists (
        select 1 from source_events b
        where b.project = s.project and b.ordering_key = s.ordering_key and b.number < s.number
          and b.publish_time >= c.low_water and ${pattern.sql}
          and not exists (
            select 1 from handovers o
            where o.project = b.project and o.source_event_id = b.id and o.consumer = ? offset 0)
        offset 0)`,
    params: [consumer, ...pattern.params, consumer],
  };
}

/** A condition on a handover: none of its key is before it, or held by a stream now. */
export function isFirstUnfinished(handover: string): string {
  const h = handover;
  return `not exists (
    select 1 from handovers o
    where o.project = ${h}.project and o.consumer = ${h}.consumer and o.ordering_key = ${h}.ordering_key
      and o.source_event_id <> ${h}.source_event_id and o.state in ('LEASED', 'WAITING')
      and (o.number < ${h}.number or o.state = 'LEASED' and o.lease_end_time > clock_timestamp()))`;
}
