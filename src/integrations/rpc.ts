import { durationFromMs, durationMs } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  AuthKind,
  ConnectKind,
  CredentialSlot,
  IntegrationStatus,
  RevocationOutcome,
} from '../../gen/mobius/integrations/v1/integration_pb.js';
import type { IntegrationService } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { credentialVersions } from '../credentials/store.ts';
import type { Deps } from '../deps.ts';
import type { AuthKind as AuthKindName } from '../providers/provider.ts';
import { callerOf, given } from '../rpc/call.ts';
import { connectProvider } from './connect.ts';
import { copyIntegration } from './copy.ts';
import { deleteIntegration } from './delete.ts';
import type { IntegrationStatus as StatusName } from './entity.ts';
import { listIntegrations, viewIntegration } from './list.ts';
import { credentialVersionMessage, integrationMessage, sessionMessage } from './message.ts';
import { findSession, waitSession } from './session.ts';
import { testIntegration } from './test.ts';
import { updateIntegration } from './update.ts';

export function serveIntegrations(deps: Deps): Partial<ServiceImpl<typeof IntegrationService>> {
  const fork = () => deps.store.em.fork();
  const view = async (project: string, id: string) => integrationMessage(await viewIntegration(fork(), project, id));
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
      return { integrations: integrations.map(integrationMessage), nextPageToken };
    },
    async getIntegration({ project, integration, includeCredentialVersions }) {
      const found = await view(project, integration);
      const versions = includeCredentialVersions ? await credentialVersions(fork(), project, integration) : [];
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
      const revocations = await deleteIntegration(fork(), deps, { project, id, etag, caller });
      return {
        revocations: revocations.map(r => ({
          slot: CredentialSlot.PRIMARY,
          version: r.version,
          outcome: RevocationOutcome[r.outcome],
          message: r.message,
        })),
      };
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
