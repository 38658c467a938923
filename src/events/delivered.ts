import type { EntityManager } from '@mikro-orm/postgresql';
import type { IntegrationStatus } from '../integrations/entity.ts';
import type { DeliveryStage, EventSource, HandoverOutcome, HandoverState } from './entity.ts';
import { patternCondition } from './pattern.ts';

/** A receipt with all that is known of its way. Times in ms since 1970. */
export type Delivered = {
  readonly id: string;
  readonly provider: string;
  readonly integrationId: string;
  readonly integrationStatus: IntegrationStatus | null;
  readonly eventType: string;
  readonly source: EventSource;
  readonly deliveryKey: string;
  readonly receiveMs: number;
  /** Set: it waited for its integration until then. */
  readonly recordMs: number | null;
  readonly stage: DeliveryStage;
  readonly duplicateOf: string | null;
  readonly replayOf: string | null;
  readonly sourceEventId: string | null;
  readonly publishMs: number | null;
  readonly handovers: readonly HandedOver[];
};

export type HandedOver = {
  readonly consumer: string;
  readonly state: HandoverState;
  readonly attempts: number;
  readonly nacks: number;
  readonly outcome: HandoverOutcome | null;
  readonly lastError: string | null;
  readonly runIds: readonly string[];
  readonly leaseEndMs: number | null;
  readonly nextMs: number | null;
  readonly processMs: number | null;
  readonly deliverMs: number | null;
};

export type DeliveredFilter = {
  readonly deliveryKey?: string | undefined;
  readonly eventId?: string | undefined;
  readonly sourceEventId?: string | undefined;
  readonly provider?: string | undefined;
  readonly integrationId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
};

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

/** The project's receipts that fit, newest first. */
export async function findDelivered(
  em: EntityManager,
  project: string,
  filter: DeliveredFilter,
  limit: number,
): Promise<readonly Delivered[]> {
  const sql = ['e.project = ?'];
  const params: string[] = [project];
  const add = (condition: string, value: string | undefined): void => {
    if (value === undefined) return;
    sql.push(condition);
    params.push(value);
  };
  add('e.delivery_key = ?', filter.deliveryKey);
  add('e.id = ?', filter.eventId);
  add('s.id = ?', filter.sourceEventId);
  add('e.provider = ?', filter.provider);
  add('e.integration_id = ?', filter.integrationId);
  add('e.receive_time >= ?::timestamptz', filter.since?.toISOString());
  add('e.receive_time < ?::timestamptz', filter.until?.toISOString());
  if (filter.eventType !== undefined) {
    const pattern = patternCondition('e.event_type', [filter.eventType]);
    sql.push(pattern.sql);
    params.push(...pattern.params);
  }
  return em.execute<Delivered[]>(
    `select e.id, e.provider, e.integration_id as "integrationId", e.integration_status as "integrationStatus",
       e.event_type as "eventType", e.source, e.delivery_key as "deliveryKey", ${ms('e.receive_time')} as "receiveMs",
       ${ms('e.record_time')} as "recordMs", e.stage, e.duplicate_of as "duplicateOf", e.replay_of as "replayOf",
       s.id as "sourceEventId", ${ms('s.publish_time')} as "publishMs",
       coalesce((select jsonb_agg(jsonb_build_object('consumer', h.consumer, 'state', h.state, 'attempts', h.attempts,
           'nacks', h.nacks, 'outcome', h.outcome, 'lastError', h.last_error, 'runIds', h.run_ids,
           'leaseEndMs', ${ms('h.lease_end_time')}, 'nextMs', ${ms('h.next_time')},
           'processMs', ${ms('h.process_time')}, 'deliverMs', ${ms('h.deliver_time')}) order by h.consumer)
         from handovers h where h.project = s.project and h.source_event_id = s.id), '[]') as handovers
     from integration_events e
     left join source_events s on s.project = e.project and s.integration_event_id = e.id
     where ${sql.join(' and ')} order by e.receive_time desc, e.id desc limit ${limit}`,
    params,
  );
}

/** What did not become a receipt, by the delivery's id or of the project's own endpoints. */
export type Undelivered = {
  readonly kind: 'REJECTED' | 'UNMATCHED';
  readonly provider: string;
  readonly endpoint: string;
  readonly deliveryKey: string;
  readonly eventType: string;
  readonly cause: string;
  readonly detail: string;
  readonly count: number;
  readonly receiveMs: number;
};

/** Refused and unmatched deliveries of that id, newest first: who knows the id may know what became of it. */
export async function findUndelivered(
  em: EntityManager,
  project: string,
  deliveryKey: string,
  limit: number,
): Promise<readonly Undelivered[]> {
  return em.execute<Undelivered[]>(
    `(select 'REJECTED' as kind, provider, endpoint, delivery_key as "deliveryKey", '' as "eventType", cause, detail,
        count, ${ms('receive_time')} as "receiveMs"
      from rejected_deliveries where delivery_key = ? and project in ('', ?) order by receive_time desc limit ${limit})
     union all
     (select 'UNMATCHED', provider, '', delivery_key, event_type, '', '', 1, ${ms('receive_time')}
      from unmatched_events where delivery_key = ? order by receive_time desc limit ${limit})
     order by "receiveMs" desc limit ${limit}`,
    [deliveryKey, project, deliveryKey],
  );
}
