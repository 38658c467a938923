import { durationFromMs, durationMs } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  AuthKind,
  ConnectKind,
  CredentialSlot,
  IntegrationStatus,
} from '../../gen/mobius/integrations/v1/integration_pb.js';
import { ImpactChange, type IntegrationService } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { secretHistory } from '../credentials/history.ts';
import type { Deps } from '../deps.ts';
import type { AuthKind as AuthKindName } from '../providers/provider.ts';
import { callerOf, given } from '../rpc/call.ts';
import { connectProvider } from './connect.ts';
import { copyIntegration } from './copy.ts';
import { deleteIntegration } from './delete.ts';
import type { IntegrationStatus as StatusName } from './entity.ts';
import { credentialVersionMessage, impactMessage, receiptMessage, revocationMessage } from './history_message.ts';
import { type ImpactRequest, previewImpact } from './impact.ts';
import { listIntegrations, viewIntegration } from './list.ts';
import { integrationMessage, sessionMessage } from './message.ts';
import { revokeIntegrations } from './revoke.ts';
import { rotateCredential } from './rotate.ts';
import { findSession, waitSession } from './session.ts';
import { testIntegration } from './test.ts';
import { updateIntegration } from './update.ts';

export function serveIntegrations(deps: Deps): Partial<ServiceImpl<typeof IntegrationService>> {
  const fork = () => deps.store.em.fork();
  const view = async (project: string, id: string) =>
    integrationMessage(await viewIntegration(fork(), project, id), deps.catalog);
  return {
    async connectProvider(request, context) {
      const answer = await connectProvider(fork(), deps, {
        project: request.project,
        provider: request.provider,
        integrationId: given(request.integrationId),
        authKind: request.authKind === AuthKind.UNSPECIFIED ? undefined : (AuthKind[request.authKind] as AuthKindName),
        credentials: request.credentials ?? {},
        scopes: request.scopes,
        returnUrl: given(request.returnUrl),
        requestId: given(request.requestId),
        wish: {
          name: given(request.name),
          config: request.config ?? {},
          tags: request.tags,
          makeDefault: request.makeDefault,
          allowOtherAccount: request.allowOtherAccount,
        },
        caller: callerOf(context).identity,
      });
      if (answer.kind === 'REDIRECT') {
        return { kind: ConnectKind.REDIRECT, redirectUrl: answer.redirectUrl, sessionId: answer.sessionId };
      }
      return { kind: ConnectKind.COMPLETE, integration: await view(request.project, answer.integrationId) };
    },
    async getConnectSession({ project, session }) {
      return { session: sessionMessage(await findSession(fork(), deps, project, session), deps.now()) };
    },
    async waitConnectSession({ project, session, timeout }, context) {
      const timeoutMs = timeout === undefined ? 30_000 : durationMs(timeout);
      return {
        session: sessionMessage(await waitSession(deps, project, session, timeoutMs, context.signal), deps.now()),
      };
    },
    async listIntegrations({ project, provider, status, pageSize, pageToken }) {
      const { integrations, nextPageToken } = await listIntegrations(fork(), {
        project,
        provider,
        status: status === IntegrationStatus.UNSPECIFIED ? undefined : (IntegrationStatus[status] as StatusName),
        pageSize,
        pageToken,
      });
      return { integrations: integrations.map(each => integrationMessage(each, deps.catalog)), nextPageToken };
    },
    async getIntegration({ project, integration, includeCredentialVersions }) {
      const found = await view(project, integration);
      const name = { project, id: integration };
      const versions = includeCredentialVersions ? await secretHistory(fork(), name, deps.now()) : [];
      return { integration: found, credentialVersions: versions.map(credentialVersionMessage) };
    },
    async updateIntegration(request, context) {
      const { project, integration: id, etag, name, isDefault, config, tags, clearTags } = request;
      const status =
        request.status === undefined ? undefined : (IntegrationStatus[request.status] as 'ACTIVE' | 'INACTIVE');
      const newTags = clearTags ? {} : Object.keys(tags).length > 0 ? tags : undefined;
      const caller = callerOf(context).identity;
      await updateIntegration(fork(), deps, {
        project,
        id,
        etag,
        name,
        isDefault,
        status,
        config,
        tags: newTags,
        caller,
      });
      return { integration: await view(project, id) };
    },
    async deleteIntegration({ project, integration: id, etag }, context) {
      const caller = callerOf(context).identity;
      const revocations = await deleteIntegration(deps, { project, id, etag, caller });
      return { revocations: revocations.map(revocationMessage) };
    },
    async copyIntegration(request, context) {
      const id = await copyIntegration(fork(), deps, {
        project: request.project,
        sourceProject: request.sourceProject,
        sourceId: request.sourceIntegrationId,
        name: request.name,
        makeDefault: request.makeDefault,
        requestId: given(request.requestId),
        caller: callerOf(context),
      });
      return { integration: await view(request.project, id) };
    },
    async rotateCredential(request, context) {
      const { project, integration: id, credentials = {}, overlap, etag } = request;
      const slot = request.slot === CredentialSlot.WEBHOOK_SECRET ? 'WEBHOOK_SECRET' : 'PRIMARY';
      const answer = await rotateCredential(fork(), deps, {
        project,
        id,
        slot,
        credentials,
        overlapMs: overlap === undefined ? 0 : durationMs(overlap),
        etag,
        returnUrl: given(request.returnUrl),
        requestId: given(request.requestId),
        caller: callerOf(context).identity,
      });
      if (answer.kind === 'REDIRECT') {
        return { kind: ConnectKind.REDIRECT, redirectUrl: answer.redirectUrl, sessionId: answer.sessionId };
      }
      const versions = await secretHistory(fork(), { project, id }, deps.now(), slot);
      return {
        kind: ConnectKind.COMPLETE,
        integration: await view(project, id),
        credentialVersions: versions.map(credentialVersionMessage),
      };
    },
    async previewImpact({ project, integration: id, change, remainingScopes, window }) {
      const name = change === ImpactChange.UNSPECIFIED ? 'DELETE' : (ImpactChange[change] as ImpactRequest['change']);
      const windowMs = window && durationMs(window);
      return impactMessage(await previewImpact(fork(), deps, { project, id, change: name, remainingScopes, windowMs }));
    },
    async revokeIntegrations({ dryRun: isRehearsal, ...request }, context) {
      const { project, provider, accountId, integrationIds, reason, requestId } = request;
      const selection = { project, provider, accountId, integrationIds };
      const caller = callerOf(context);
      const receipts = await revokeIntegrations(deps, { ...selection, isRehearsal, reason, requestId, caller });
      return { receipts: receipts.map(receiptMessage) };
    },
    async testIntegration({ project, integration: id }, context) {
      const tested = await testIntegration(fork(), deps, { project, id, caller: callerOf(context).identity });
      return {
        accepted: tested.accepted,
        providerTime: durationFromMs(Math.round(tested.providerTimeMs)),
        integration: await view(project, id),
      };
    },
  };
}
