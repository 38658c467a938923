import type { EntityManager } from '@mikro-orm/postgresql';
import { typeid } from 'typeid-js';
import { type Place, UNKNOWN_ENDPOINT } from './rejection.ts';
import type { CountedRejection } from './traces.ts';

/** When an endpoint last saw a delivery, and last took one. */
export type Seen = Place & { readonly deliveryTime: Date; readonly acceptTime: Date | undefined };

/** A project and integration that a path made up are stored as the unknown endpoint's. */
const EXISTS = `(r.project = '' or exists (
  select 1 from integrations i
  where i.project = r.project and r.endpoint = r.project || '.' || i.id and i.provider = r.provider))`;

export async function writeTraces(
  em: EntityManager,
  rejections: readonly CountedRejection[],
  seen: readonly Seen[],
): Promise<void> {
  if (rejections.length > 0) {
    const rows = rejections.map(r => ({ ...r, id: typeid('rjct').toString() }));
    await em.execute(
      `insert into rejected_deliveries (project, id, provider, endpoint, receive_time, cause, detail, delivery_key,
         body_bytes, header_count, body_hash, count)
       select case when ${EXISTS} then r.project else '' end, r.id, r.provider,
         case when ${EXISTS} then r.endpoint else '${UNKNOWN_ENDPOINT}' end,
         r."receiveTime", r.cause, r.detail, r."deliveryKey", r."bodyBytes", r."headerCount", r."bodyHash", r.count
       from jsonb_to_recordset(?::jsonb) as r (project text, id text, provider text, endpoint text,
         "receiveTime" timestamptz, cause text, detail text, "deliveryKey" text, "bodyBytes" int, "headerCount" int,
         "bodyHash" text, count int)`,
      [JSON.stringify(rows)],
    );
  }
  if (seen.length === 0) return;
  await em.execute(
    `insert into endpoint_activity as a (project, provider, endpoint, delivery_time, accept_time)
     select r.project, r.provider, r.endpoint, r."deliveryTime", r."acceptTime"
     from jsonb_to_recordset(?::jsonb) as r (project text, provider text, endpoint text,
       "deliveryTime" timestamptz, "acceptTime" timestamptz)
     where ${EXISTS} order by r.project, r.provider, r.endpoint
     on conflict (project, provider, endpoint) do update set
       delivery_time = greatest(a.delivery_time, excluded.delivery_time),
       accept_time = greatest(a.accept_time, excluded.accept_time)`,
    [JSON.stringify(seen)],
  );
}
