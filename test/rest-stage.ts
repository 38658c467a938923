import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectRouter } from '@connectrpc/connect';
import { AuditService } from '../gen/mobius/integrations/v1/audit_service_pb.js';
import { ConnectionState } from '../gen/mobius/integrations/v1/catalog_pb.js';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { EventService } from '../gen/mobius/integrations/v1/event_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { ReferenceService } from '../gen/mobius/integrations/v1/reference_service_pb.js';
import { IntegrationError } from '../src/errors.ts';
import { createPlumbing, serveRest } from './rpc-harness.ts';

const accessYaml = `
callers:
  - identity: user:alice
    permissions: [catalog.read, integrations.read, integrations.manage, events.read, references.read]
    projects: [demo]
`;

/** The last request each method saw, and how many calls were aborted under way. */
type Seen = { readonly requests: Record<string, unknown>; aborted: number };

function routes(router: ConnectRouter, seen: Seen) {
  router.service(CatalogService, {
    listProviders(request) {
      seen.requests.listProviders = request;
      return { providers: [{ id: 'slack', connectionState: ConnectionState.CONNECTED }] };
    },
    getProvider({ provider }) {
      if (provider === 'busy') throw new IntegrationError('RATE_LIMITED', { provider }, { retryDelayMs: 1500 });
      if (provider === 'broken') throw new Error('driver said xoxb-1234567890');
      throw new IntegrationError('PROVIDER_NOT_FOUND', { provider });
    },
    async getAction(_request, { signal }) {
      signal.addEventListener('abort', () => seen.aborted++);
      await sleep(20_000, undefined, { signal });
      return {};
    },
  });
  router.service(IntegrationService, {
    listIntegrations: () => ({}),
    getIntegration: ({ integration }) => ({ integration: { id: integration } }),
    connectProvider(request) {
      seen.requests.connectProvider = request;
      return {};
    },
    updateIntegration(request) {
      seen.requests.updateIntegration = request;
      return {};
    },
    deleteIntegration: () => ({}),
    waitConnectSession(request) {
      seen.requests.waitConnectSession = request;
      return {};
    },
  });
  router.service(EventService, {
    listIntegrationEvents(request) {
      seen.requests.listIntegrationEvents = request;
      return {};
    },
  });
  router.service(ReferenceService, {
    lookupReferences(request) {
      seen.requests.lookupReferences = request;
      return {};
    },
  });
  router.service(AuditService, {});
}

export type RestStage = Awaited<ReturnType<typeof startRestStage>>;

/** Methods behind the REST listener that show what reached them, and a caller that may call them. */
export async function startRestStage() {
  const seen: Seen = { requests: {}, aborted: 0 };
  const plumbing = await createPlumbing(accessYaml);
  const edge = await serveRest(plumbing, router => routes(router, seen));
  const authorization = `Bearer ${await plumbing.token('user:alice')}`;

  async function ask(method: string, path: string, options: { body?: string; headers?: Record<string, string> } = {}) {
    const json = options.body === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { authorization, ...json, ...options.headers };
    const response = await fetch(edge.url + path, { method, headers, body: options.body });
    const body = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body,
      json: body.startsWith('{') ? JSON.parse(body) : undefined,
    };
  }

  return {
    plumbing,
    edge,
    authorization,
    seen,
    ask,
    async stop() {
      await edge.close();
      await plumbing.close();
    },
  };
}

/** The fields that the answer says are bad. */
export const fieldsOf = (answer: { json?: { error: { field_violations: { field: string }[] } } }) =>
  answer.json?.error.field_violations.map(v => v.field);
