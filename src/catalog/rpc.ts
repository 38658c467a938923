import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import {
  CatalogView,
  ConnectionState,
  ProviderSupport,
  ReservedPrefixKind,
} from '../../gen/mobius/integrations/v1/catalog_pb.js';
import {
  type CatalogService,
  ListActionsResponseSchema,
  ListEventTypesResponseSchema,
  ListProvidersResponseSchema,
} from '../../gen/mobius/integrations/v1/catalog_service_pb.js';
import { CapabilityKind, Readiness } from '../../gen/mobius/integrations/v1/readiness_pb.js';
import type { Deps } from '../deps.ts';
import type { Provider } from '../providers/provider.ts';
import { callerOf, given } from '../rpc/call.ts';
import { checkActionInputs } from './check.ts';
import { inputCheckMessage } from './check_message.ts';
import { createKeptAnswers } from './kept_answers.ts';
import { createItemMessages } from './kept_messages.ts';
import {
  getAction,
  getProvider,
  listItems,
  listProviders,
  type ConnectionState as StateName,
  type Support,
  supportOf,
} from './list.ts';
import { capabilityMessage, isFull, providerMessage } from './message.ts';
import type { CapabilityKind as KindName, Readiness as ReadinessName } from './readiness.ts';
import { reservedPrefixes } from './reserved_prefixes.ts';
import { createSchemaCheck } from './schema_check.ts';
import { loadStandings } from './standings.ts';
import type { Reader } from './state.ts';
import { watchReadiness } from './watch.ts';

export function serveCatalog(deps: Deps): Partial<ServiceImpl<typeof CatalogService>> {
  const fork = () => deps.store.em.fork();
  const checkSchema = createSchemaCheck();
  const messages = createItemMessages();
  const keepAnswer = createKeptAnswers();
  const prefixes = reservedPrefixes(deps.catalog).map(({ prefix, kind }) => ({
    prefix,
    kind: ReservedPrefixKind[kind],
  }));
  return {
    async listProviders(request, context) {
      const { project, connectionState: state, category, view, pageSize, pageToken } = request;
      const support =
        request.support === ProviderSupport.UNSPECIFIED ? undefined : (ProviderSupport[request.support] as Support);
      const connectionState = state === ConnectionState.UNSPECIFIED ? undefined : (ConnectionState[state] as StateName);
      const isAsked = (provider: Provider): boolean => supportOf(provider) === support;
      const standings = await loadStandings(fork(), deps, reader(project, context), '', isAsked);
      return keepAnswer(ListProvidersResponseSchema, request, standings, () => {
        const page = listProviders(deps, standings, { connectionState, category, support, pageSize, pageToken });
        const full = isFull(view);
        return {
          providers: page.items.map(one => providerMessage(one, full, messages)),
          nextPageToken: page.nextPageToken,
        };
      });
    },
    async getProvider({ project, provider, view }, context) {
      const found = await getProvider(fork(), deps, reader(project, context), provider);
      return { provider: providerMessage(found, isFull(view), messages) };
    },
    async listEventTypes(request, context) {
      const standings = await loadStandings(fork(), deps, reader(request.project, context), request.provider);
      return keepAnswer(ListEventTypesResponseSchema, request, standings, () => {
        const page = listItems(standings, 'EVENT_TYPE', itemFilter(request));
        const full = isFull(request.view);
        return {
          eventTypes: page.items.map(one => messages.eventType(one, full)),
          nextPageToken: page.nextPageToken,
          reservedPrefixes: prefixes,
        };
      });
    },
    async listActions(request, context) {
      const standings = await loadStandings(fork(), deps, reader(request.project, context), request.provider);
      return keepAnswer(ListActionsResponseSchema, request, standings, () => {
        const page = listItems(standings, 'ACTION', itemFilter(request));
        const full = isFull(request.view);
        return { actions: page.items.map(one => messages.action(one, full)), nextPageToken: page.nextPageToken };
      });
    },
    async getAction({ project, action, view }, context) {
      const found = await getAction(fork(), deps, reader(project, context), action);
      return { action: messages.action(found, isFull(view, CatalogView.FULL)) };
    },
    async checkActionInputs({ project, action, inputs, integrationId }, context) {
      const wanted = { action, inputs: inputs ?? {}, integrationId: given(integrationId) };
      return inputCheckMessage(
        await checkActionInputs(fork(), deps, reader(project, context), wanted, checkSchema, context.signal),
      );
    },
    async *watchReadiness({ project, providers, kinds }, context) {
      const request = { providers, kinds: kinds.map(kind => CapabilityKind[kind] as KindName) };
      for await (const report of watchReadiness(deps, reader(project, context), request, context.signal)) {
        yield {
          capabilities: report.capabilities.map(capabilityMessage),
          snapshot: report.isSnapshot,
          asOfTime: timestampFromDate(report.asOf),
        };
      }
    },
  };
}

function reader(project: string, context: HandlerContext): Reader {
  return { project, caller: callerOf(context), permission: 'catalog.read' };
}

type ItemFilter = { provider: string; readiness: Readiness; pageSize: number; pageToken: string };

function itemFilter({ provider, readiness, pageSize, pageToken }: ItemFilter) {
  const wanted = readiness === Readiness.UNSPECIFIED ? undefined : (Readiness[readiness] as ReadinessName);
  return { provider, readiness: wanted, pageSize, pageToken };
}
