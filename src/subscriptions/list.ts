import type { EntityManager } from '@mikro-orm/postgresql';
import type { SubscriptionFailure } from './entity.ts';

/** A webhook that the service makes, or a feed that it reads, as people see it. */
export type ListedSubscription = {
  /** The vendor's own id; empty where it has none. */
  readonly vendorId: string;
  readonly integrationId: string;
  readonly provider: string;
  readonly target: string;
  readonly eventTypes: readonly string[];
  /** RENEWING: it is being made for the first time. LAPSED: nothing is delivered, or could be read for long. */
  readonly state: 'ACTIVE' | 'RENEWING' | 'LAPSED' | 'POLLING';
  readonly expireTime: Date | undefined;
  readonly renewTime: Date | undefined;
  /** When it last brought something. */
  readonly deliveryTime: Date | undefined;
  /** Since when nothing comes. */
  readonly lapseTime: Date | undefined;
  readonly failure: SubscriptionFailure | undefined;
  /** When it is tried again, while something is wrong. */
  readonly retryTime: Date | undefined;
  /** The last time without deliveries, and whether its events were read afterwards. */
  readonly gap: { readonly start: Date; readonly end: Date; readonly isRecovered: boolean } | undefined;
};

type Row = {
  vendor_id: string | null;
  integration_id: string;
  provider: string;
  label: string;
  event_types: string[];
  is_feed: boolean;
  is_active: boolean;
  failures: number;
  failure: SubscriptionFailure | null;
  expire_ms: number | null;
  renew_ms: number | null;
  delivery_ms: number | null;
  lapse_ms: number | null;
  next_ms: number | null;
  gap_start_ms: number | null;
  gap_end_ms: number | null;
  gap_state: string | null;
};

const MAX_LISTED = 500;
/** A feed that failed fewer times in a row may come right by itself. */
const FEED_FAILURES = 3;

/** Those of the project that fit, those that do not work first. */
export async function subscriptionsOf(
  em: EntityManager,
  project: string,
  { provider, integrationId }: { readonly provider?: string | undefined; readonly integrationId?: string | undefined },
): Promise<readonly ListedSubscription[]> {
  const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;
  const conditions = [
    ['project', project],
    ['provider', provider],
    ['integration_id', integrationId],
  ].filter((condition): condition is [string, string] => condition[1] !== undefined);
  const where = conditions.map(([column]) => `${column} = ?`).join(' and ');
  const given = conditions.map(([, value]) => value);
  const rows = await em.execute<Row[]>(
    `select vendor_id, integration_id, provider, label, event_types, false as is_feed, handle is not null as is_active,
       failures, failure, ${ms('expire_time')} as expire_ms, ${ms('renew_time')} as renew_ms,
       ${ms('delivery_time')} as delivery_ms, ${ms('lapse_time')} as lapse_ms, ${ms('next_time')} as next_ms,
       ${ms('gap_start_time')} as gap_start_ms, ${ms('gap_end_time')} as gap_end_ms, gap_state
     from subscriptions where ${where} and is_wanted
     union all
     select null, integration_id, provider, label, event_types, true, true, failures, failure, null, null,
       ${ms('read_time')}, case when failures >= ${FEED_FAILURES} then ${ms('coalesce(read_time, create_time)')} end,
       ${ms('next_time')}, null, null, null
     from feeds where ${where}
     order by lapse_ms nulls last, label limit ${MAX_LISTED}`,
    [...given, ...given],
  );
  return rows.map(readRow);
}

function readRow(row: Row): ListedSubscription {
  const date = (ms: number | null): Date | undefined => (ms === null ? undefined : new Date(ms));
  const isLapsed = row.lapse_ms !== null;
  const start = date(row.gap_start_ms);
  const end = date(row.gap_end_ms);
  return {
    vendorId: row.vendor_id ?? '',
    integrationId: row.integration_id,
    provider: row.provider,
    target: row.label,
    eventTypes: row.event_types,
    state: isLapsed ? 'LAPSED' : row.is_feed ? 'POLLING' : row.is_active ? 'ACTIVE' : 'RENEWING',
    expireTime: date(row.expire_ms),
    renewTime: date(row.renew_ms),
    deliveryTime: date(row.delivery_ms),
    lapseTime: date(row.lapse_ms),
    failure: row.failure ?? undefined,
    retryTime: row.failures > 0 ? date(row.next_ms) : undefined,
    gap: start && end && { start, end, isRecovered: row.gap_state === 'RECOVERED' },
  };
}
