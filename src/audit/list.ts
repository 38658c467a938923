import type { EntityManager } from '@mikro-orm/postgresql';
import { decodePageToken, encodePageToken, pageSize } from '../store/page.ts';
import { type AuditOutcome, type AuditRecord, AuditRecordEntity } from './entity.ts';

export type AuditFilter = {
  readonly project: string;
  readonly action: string;
  readonly resource: string;
  readonly caller: string;
  readonly runId: string;
  readonly outcome: AuditOutcome | undefined;
  /** From then on. */
  readonly since: Date | undefined;
  /** Before then. */
  readonly until: Date | undefined;
};

/** The project's records that fit, the newest first. */
export async function listAuditRecords(
  em: EntityManager,
  filter: AuditFilter,
  page: { readonly size: number; readonly token: string },
): Promise<{ readonly records: readonly AuditRecord[]; readonly nextPageToken: string }> {
  const { project, action, resource, caller, runId, outcome, since, until } = filter;
  const cursor = decodePageToken(filter, page.token, 1);
  const size = pageSize(page.size);
  const rows = await em.find(
    AuditRecordEntity,
    {
      project,
      ...(action !== '' && { action }),
      ...(resource !== '' && { resource }),
      ...(caller !== '' && { caller }),
      ...(runId !== '' && { runId }),
      ...(outcome !== undefined && { outcome }),
      ...((since ?? until) && { time: { ...(since && { $gte: since }), ...(until && { $lt: until }) } }),
      ...(cursor && { sequence: { $lt: Number(cursor[0]) } }),
    },
    { orderBy: { sequence: 'desc' }, limit: size + 1 },
  );
  const records = rows.slice(0, size);
  const last = records.at(-1);
  const more = rows.length > size && last !== undefined;
  return { records, nextPageToken: more ? encodePageToken(filter, [String(last.sequence)]) : '' };
}
