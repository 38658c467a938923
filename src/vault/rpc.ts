import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { RewrapPhase, type VaultService } from '../../gen/mobius/integrations/internal/v1/vault_service_pb.js';
import type { Deps } from '../deps.ts';
import { callerOf } from '../rpc/call.ts';
import { rewrapKeys } from './rewrap.ts';
import { shredProject } from './shred.ts';
import { readKeyringStatus } from './status.ts';

export function serveVault(deps: Deps): ServiceImpl<typeof VaultService> {
  return {
    async getKeyringStatus() {
      const status = await readKeyringStatus(deps.store.em.fork(), deps.keyring);
      return {
        backend: status.backend,
        keys: status.keys.slice(0, 100).map(key => ({ ...key, dataKeyCount: BigInt(key.dataKeyCount) })),
        dataKeyCount: BigInt(status.dataKeyCount),
        staleDataKeyCount: BigInt(status.staleDataKeyCount),
      };
    },
    async *rewrapKeys({ verifyOnly }, context) {
      const caller = callerOf(context).identity;
      for await (const progress of rewrapKeys(deps, { verifyOnly, caller, signal: context.signal })) {
        yield {
          phase: RewrapPhase[progress.phase],
          keyId: deps.keyring.active,
          totalCount: BigInt(progress.totalCount),
          doneCount: BigInt(progress.doneCount),
          failedCount: BigInt(progress.failedCount),
          failedProjects: [...progress.failedProjects],
        };
      }
    },
    async shredProject(request, context) {
      const { integrationCount, shredTime } = await shredProject(deps, {
        ...request,
        caller: callerOf(context).identity,
      });
      return { integrationCount, shredTime: shredTime && timestampFromDate(shredTime) };
    },
  };
}
