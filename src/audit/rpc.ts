import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { AuditFaultKind, AuditOutcome } from '../../gen/mobius/integrations/v1/audit_pb.js';
import type { AuditService } from '../../gen/mobius/integrations/v1/audit_service_pb.js';
import type { Deps } from '../deps.ts';
import type { AuditOutcome as OutcomeName } from './entity.ts';
import { listAuditRecords } from './list.ts';
import { verifyAuditChain } from './verify.ts';

export function serveAudit(deps: Deps): ServiceImpl<typeof AuditService> {
  return {
    async listAuditRecords(request) {
      const { project, action, resource, caller, runId, outcome, since, until } = request;
      const { records, nextPageToken } = await listAuditRecords(
        deps.store.em.fork(),
        {
          project,
          action,
          resource,
          caller,
          runId,
          outcome: outcome === AuditOutcome.UNSPECIFIED ? undefined : (AuditOutcome[outcome] as OutcomeName),
          since: since && timestampDate(since),
          until: until && timestampDate(until),
        },
        { size: request.pageSize, token: request.pageToken },
      );
      return {
        nextPageToken,
        records: records.map(r => ({
          id: r.id,
          project: r.project,
          time: timestampFromDate(r.time),
          caller: r.caller,
          action: r.action,
          resource: r.resource,
          provider: r.provider,
          outcome: AuditOutcome[r.outcome],
          reason: r.reason,
          purpose: r.purpose,
          runId: r.runId,
          leaseId: r.leaseId,
          changes: r.changes.map(c => ({ ...c })),
          chain: r.project,
          sequence: BigInt(r.sequence),
          previousHash: Buffer.from(r.previousHash).toString('hex'),
          hash: Buffer.from(r.hash).toString('hex'),
        })),
      };
    },
    async verifyAuditChain({ project, since, until }) {
      const { recordCount, faults, head } = await verifyAuditChain(deps, {
        project,
        since: since && timestampDate(since),
        until: until && timestampDate(until),
      });
      return {
        intact: faults.length === 0,
        recordCount: BigInt(recordCount),
        faults: faults.map(({ kind, sequence, recordId }) => ({
          chain: project,
          sequence: BigInt(sequence),
          kind: AuditFaultKind[kind],
          recordId,
        })),
        heads: head === undefined ? {} : { [project]: head.toString('hex') },
      };
    },
  };
}
