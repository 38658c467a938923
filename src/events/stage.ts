import type { DeliveryStage, HandoverOutcome } from './entity.ts';

/** In the order of the contract: of several consumers' stages the last one here is shown. */
const REACHED: readonly DeliveryStage[] = ['DELIVERED', 'SUCCEEDED', 'RETRYING', 'FAILED', 'DEAD'];

/** How far a handover got: what the consumer reported, else what the hand-outs came to. */
const HANDOVER_STAGE = `case
  when h.outcome in ('SUCCEEDED', 'FILTERED') then 'SUCCEEDED'
  when h.outcome = 'FAILED' then 'FAILED'
  when h.state = 'DEAD' then 'DEAD'
  when h.outcome = 'RETRYING' or (h.state = 'WAITING' and h.nacks > 0) then 'RETRYING'
  else 'DELIVERED' end`;

/** Joined to receipts `e`: `s` is the source event made of it, `t` the handover of it that is shown. */
export const PROGRESS_JOIN = `
  left join source_events s on s.project = e.project and s.integration_event_id = e.id
  left join lateral (
    select h.*, ${HANDOVER_STAGE} as reached from handovers h
    where h.project = s.project and h.source_event_id = s.id
    order by array_position('{${REACHED.join(',')}}'::text[], ${HANDOVER_STAGE}) desc, h.process_time desc nulls last
    limit 1) t on true`;

/** The stage of a receipt that PROGRESS_JOIN is joined to. */
export const STAGE = `coalesce(t.reached, case when s.id is null then e.stage else 'PUBLISHED' end)`;

/** What a consumer may report that leaves an error to be shown. */
export function isFailure(outcome: HandoverOutcome): boolean {
  return outcome === 'FAILED' || outcome === 'RETRYING';
}
