import { durationFromMs } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { Readiness } from '../../gen/mobius/integrations/v1/readiness_pb.js';
import type { ReferenceService } from '../../gen/mobius/integrations/v1/reference_service_pb.js';
import { createItemMessages } from '../catalog/kept_messages.ts';
import { isFull } from '../catalog/message.ts';
import type { Readiness as ReadinessName } from '../catalog/readiness.ts';
import type { Deps } from '../deps.ts';
import { callerOf, given } from '../rpc/call.ts';
import { listReferenceTypes } from './list_types.ts';
import { lookupReferences } from './lookup.ts';
import { completenessMessage, referenceMessage } from './message.ts';
import { refreshReferences } from './refresh.ts';
import { resolveReferences } from './resolve.ts';

export function serveReferences(deps: Deps): Partial<ServiceImpl<typeof ReferenceService>> {
  const fork = () => deps.store.em.fork();
  const messages = createItemMessages();
  return {
    async listReferenceTypes(request, context) {
      const { project, provider, readiness, pageSize, pageToken } = request;
      const page = await listReferenceTypes(fork(), deps, {
        project,
        caller: callerOf(context),
        provider,
        readiness: readiness === Readiness.UNSPECIFIED ? undefined : (Readiness[readiness] as ReadinessName),
        pageSize,
        pageToken,
      });
      const full = isFull(request.view);
      return {
        referenceTypes: page.items.map(one => messages.referenceType(one, full)),
        nextPageToken: page.nextPageToken,
      };
    },
    async lookupReferences(request, context) {
      const { project, referenceType, q, pageSize, pageToken, dependsOn } = request;
      const caller = callerOf(context);
      const integrationId = given(request.integrationId);
      const wanted = { project, caller, referenceType, integrationId, dependsOn, q, pageSize, pageToken };
      const found = await lookupReferences(fork(), deps, wanted, context.signal);
      return {
        references: found.items.map(item => referenceMessage(item)),
        nextPageToken: found.nextPageToken,
        completeness: completenessMessage(found.completeness),
        timings: {
          indexTime: durationFromMs(Math.round(found.indexMs)),
          providerTime: durationFromMs(Math.round(found.providerMs)),
        },
        integrationId: found.integrationId ?? '',
      };
    },
    async resolveReferences(request, context) {
      const { project, referenceType, values, dependsOn, knownLabels } = request;
      const caller = callerOf(context);
      const integrationId = given(request.integrationId);
      const wanted = { project, caller, referenceType, integrationId, dependsOn, values, knownLabels };
      const resolved = await resolveReferences(fork(), deps, wanted, context.signal);
      return {
        references: resolved.references.map(one => referenceMessage(one)),
        unresolved: resolved.references.filter(one => one.state === 'NOT_FOUND').map(one => one.value),
        completeness: completenessMessage(resolved.completeness),
        integrationId: resolved.integrationId ?? '',
      };
    },
    async refreshReferences({ project, referenceType, integrationId }, context) {
      const wanted = { project, caller: callerOf(context), referenceType, integrationId: given(integrationId) };
      const { started, completeness } = await refreshReferences(fork(), deps, wanted);
      return { started, completeness: completenessMessage(completeness) };
    },
  };
}
