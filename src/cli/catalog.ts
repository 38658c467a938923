import type { Command } from 'commander';
import {
  type Action,
  ActionRisk,
  CatalogView,
  ConnectionState,
  type EventType,
  type Provider,
  ProviderSupport,
} from '../../gen/mobius/integrations/v1/catalog_pb.js';
import {
  CatalogService,
  GetActionResponseSchema,
  ListActionsResponseSchema,
  ListEventTypesResponseSchema,
  ListProvidersResponseSchema,
} from '../../gen/mobius/integrations/v1/catalog_service_pb.js';
import { Readiness, RuntimeState } from '../../gen/mobius/integrations/v1/readiness_pb.js';
import { causesOf, explainCauses } from './causes.ts';
import { addPageOptions, enumOption, moreOf, nameOf, type PageOptions, readPages } from './options.ts';
import { openSession } from './session.ts';
import { formatFields } from './table.ts';

type ListOptions = PageOptions & { provider?: string; readiness?: Readiness; full?: boolean };
type ProviderListOptions = ListOptions & { state?: ConnectionState; category?: string; support?: ProviderSupport };

export function addCatalogCommands(program: Command): void {
  const catalog = program.command('catalog').description('what can be connected, triggered and done');

  addPageOptions(catalog.command('list-providers'))
    .description('providers and how the project stands with each')
    .addOption(enumOption('--state <state>', 'only in this connection state', ConnectionState))
    .option('--category <category>', 'only of this category')
    .addOption(
      enumOption(
        '--support <support>',
        'only with this support; connect-only ones without an app too',
        ProviderSupport,
      ),
    )
    .option('--full', 'with JSON Schemas (for --json)')
    .action(async (options: ProviderListOptions, command: Command) => {
      const { project, client, answer, table } = openSession(command);
      const { state: connectionState, category, support } = options;
      const filter = { project, connectionState, category, support };
      const answered = await readPages(
        options,
        page => client(CatalogService).listProviders({ ...filter, view: viewOf(options), ...page }),
        page => page.providers,
      );
      answer(
        ListProvidersResponseSchema,
        answered,
        () => table<Provider>(answered.providers, providerColumns) + moreOf(answered),
      );
    });

  addListOptions(catalog.command('list-events'))
    .description('event types that can start or resume a run')
    .action(async (options: ListOptions, command: Command) => {
      const { project, client, answer, table } = openSession(command);
      const { provider, readiness } = options;
      const answered = await readPages(
        options,
        page => client(CatalogService).listEventTypes({ project, provider, readiness, view: viewOf(options), ...page }),
        page => page.eventTypes,
      );
      answer(
        ListEventTypesResponseSchema,
        answered,
        () => table<EventType>(answered.eventTypes, eventTypeColumns) + moreOf(answered),
      );
    });

  addListOptions(catalog.command('list-actions'))
    .description('actions that automations can take')
    .action(async (options: ListOptions, command: Command) => {
      const { project, client, answer, table } = openSession(command);
      const { provider, readiness } = options;
      const answered = await readPages(
        options,
        page => client(CatalogService).listActions({ project, provider, readiness, view: viewOf(options), ...page }),
        page => page.actions,
      );
      answer(
        ListActionsResponseSchema,
        answered,
        () => table<Action>(answered.actions, actionColumns) + moreOf(answered),
      );
    });

  catalog
    .command('get-action')
    .description('one action with its schemas')
    .argument('<name>', 'as `provider.resource.verb`')
    .action(async (name: string, _options: object, command: Command) => {
      const { project, client, answer } = openSession(command);
      const answered = await client(CatalogService).getAction({ project, action: name });
      answer(GetActionResponseSchema, answered, () => describeAction(answered.action));
    });
}

function addListOptions(command: Command): Command {
  return addPageOptions(command)
    .option('--provider <id>', 'only of this provider')
    .addOption(enumOption('--readiness <readiness>', 'only with this readiness', Readiness))
    .option('--full', 'with JSON Schemas (for --json)');
}

const viewOf = ({ full }: ListOptions): CatalogView => (full ? CatalogView.FULL : CatalogView.BASIC);
const readinessOf = ({ readiness }: { readiness: Readiness }): string => nameOf(Readiness, readiness);
const whyOf = ({ causes }: Pick<Action, 'causes'>): string => causesOf(causes);

const providerColumns = [
  ['PROVIDER', (p: Provider) => p.id],
  ['NAME', (p: Provider) => p.displayName],
  ['STATE', (p: Provider) => nameOf(ConnectionState, p.connectionState)],
  ['READINESS', readinessOf],
  ['SUPPORT', (p: Provider) => nameOf(ProviderSupport, p.support)],
  ['CONNECTED AS', connectedAs],
  ['WHY', whyOf],
] as const;

const eventTypeColumns = [
  ['EVENT TYPE', (e: EventType) => e.name],
  ['READINESS', readinessOf],
  ['STATE', (e: EventType) => nameOf(RuntimeState, e.runtimeState)],
  ['WHY', whyOf],
] as const;

const actionColumns = [
  ['ACTION', (a: Action) => a.name],
  ['TITLE', (a: Action) => a.title],
  ['RISK', (a: Action) => nameOf(ActionRisk, a.risk)],
  ['READINESS', readinessOf],
  ['WHY', whyOf],
] as const;

function connectedAs({ connection }: Provider): string {
  if (connection === undefined) return '';
  return connection.platformCredential ? "the platform's key" : (connection.account?.label ?? connection.name);
}

function describeAction(action: Action | undefined): string {
  if (action === undefined) return '';
  const { annotations } = action;
  const traits = [
    annotations?.readOnly && 'read-only',
    annotations?.idempotent && 'idempotent',
    annotations?.destructive && 'destructive',
  ];
  const references = action.references.map(r => ['reference', `${r.inputField} is a ${r.referenceType}`] as const);
  const fields = formatFields([
    ['name', action.name],
    ['title', action.title],
    ['provider', action.provider],
    ['state', nameOf(RuntimeState, action.runtimeState)],
    ['readiness', readinessOf(action)],
    ...explainCauses(action.causes),
    ['risk', nameOf(ActionRisk, action.risk)],
    ['traits', traits.filter(Boolean).join(', ')],
    ['scopes', action.requiredScopes.join(' ')],
    ...references,
    ['description', action.description],
  ]);
  return `${fields}\ninput_schema ${JSON.stringify(action.inputSchema ?? {}, undefined, 2)}\n`;
}
