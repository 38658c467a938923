import { create, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  ActionRisk,
  type ActionSchema,
  type AuthKindFormSchema,
  CatalogView,
  ConnectionState,
  ConnectMode,
  type EventTypeSchema,
  type ProviderConnectionSchema,
  ProviderSchema,
  ProviderSupport,
  WebhookEndpointStatus,
} from '../../gen/mobius/integrations/v1/catalog_pb.js';
import { AuthKind, IntegrationStatus } from '../../gen/mobius/integrations/v1/integration_pb.js';
import {
  CapabilityKind,
  type CapabilityReadinessSchema,
  type CauseDetailSchema,
  Mender,
  Readiness,
  ReadinessCause,
  RuntimeState,
} from '../../gen/mobius/integrations/v1/readiness_pb.js';
import { ReferenceSearch, type ReferenceTypeSchema } from '../../gen/mobius/integrations/v1/reference_pb.js';
import { webhookFieldOf } from '../integrations/store_secrets.ts';
import type { Action, ConnectMethod, EventType, JsonSchema, ReferenceType } from '../providers/provider.ts';
import type { CauseDetail } from './causes.ts';
import type { ItemMessages } from './kept_messages.ts';
import { type Listed, type ListedProvider, supportOf } from './list.ts';
import { dependsOnSchema, metaSchema } from './schemas.ts';
import type { WatchedCapability } from './watch.ts';

const authTitles: Readonly<Record<keyof typeof AuthKind, string>> = {
  UNSPECIFIED: '',
  OAUTH2: 'Sign in',
  API_KEY: 'API key',
  BASIC: 'User name and password',
  APP_INSTALLATION: 'Install the app',
  SERVICE_ACCOUNT: 'Service account',
  BOT_TOKEN: 'Bot token',
  CONNECTION_STRING: 'Connection string',
  WEBHOOK_SECRET: 'Webhook',
  NONE: 'Nothing to do',
};

export function isFull(view: CatalogView, byDefault = CatalogView.BASIC): boolean {
  return (view === CatalogView.UNSPECIFIED ? byDefault : view) === CatalogView.FULL;
}

export function providerMessage(listed: ListedProvider, full: boolean, messages: ItemMessages) {
  const { provider, verdict, connection, methods } = listed;
  const builtIn = provider.builtIn === true;
  return create(ProviderSchema, {
    id: provider.id,
    displayName: provider.displayName,
    description: provider.description,
    category: provider.category,
    docsUrl: provider.docsUrl,
    logo: typeof provider.logo === 'string' ? provider.logo : 'custom',
    logoUrl: listed.logoUrl,
    connectionState: ConnectionState[listed.connectionState],
    connectModes: builtIn
      ? [ConnectMode.BUILT_IN]
      : [...new Set(provider.connect.map(method => ConnectMode[method.mode]))],
    authKinds: builtIn
      ? [{ authKind: AuthKind.NONE, connectMode: ConnectMode.BUILT_IN, title: authTitles.NONE }]
      : methods.map(form => formMessage(form, full, webhookFieldOf(provider))),
    readiness: Readiness[verdict.readiness],
    causes: verdict.causes.map(causeMessage),
    connection: connection && connectionMessage(connection),
    eventTypes: listed.eventTypes.map(one => messages.eventType(one, full)),
    actions: listed.actions.map(one => messages.action(one, full)),
    referenceTypes: listed.references.map(one => messages.referenceType(one, full)),
    webhookEndpoints: listed.endpoints.map(({ suffix, url, signature, notes, status }) => ({
      endpoint: suffix,
      url,
      verification: signature,
      status: WebhookEndpointStatus[status],
      notes,
    })),
    support: ProviderSupport[supportOf(provider)],
  });
}

function formMessage(
  { method, causes }: ListedProvider['methods'][number],
  full: boolean,
  webhookField: string | undefined,
): MessageInitShape<typeof AuthKindFormSchema> {
  const schema = schemaOf(method);
  const isAsked = webhookField !== undefined && Object.hasOwn(Object(schema?.properties), webhookField);
  return {
    authKind: AuthKind[method.authKind],
    connectMode: ConnectMode[method.mode],
    title: authTitles[method.authKind],
    schema: full ? schema : undefined,
    defaultScopes: method.mode === 'OAUTH_REDIRECT' ? [...method.scopes.default] : [],
    causes: causes.map(causeMessage),
    webhookSigningField: isAsked ? webhookField : '',
  };
}

/** What a person types: the form, or the settings without which no browser can be sent. */
function schemaOf(method: ConnectMethod): JsonObject | undefined {
  if ('schema' in method) return asStruct(method.schema);
  const settings = method.mode === 'OAUTH_REDIRECT' ? method.settings : undefined;
  return settings && asStruct(settings);
}

function connectionMessage(
  connection: NonNullable<ListedProvider['connection']>,
): MessageInitShape<typeof ProviderConnectionSchema> {
  if (connection === 'PLATFORM_CREDENTIAL') return { platformCredential: true };
  return {
    integrationId: connection.id,
    name: connection.name,
    status: IntegrationStatus[connection.status],
    isDefault: connection.isDefault,
    account: connection.account,
    updateTime: timestampFromDate(connection.updateTime),
  };
}

type Offered<Item> = Pick<Listed<Item>, 'provider' | 'item'>;

/** What the manifest says of an event type: all but its readiness, as of the two below. */
export function eventTypeFacts(
  { provider, item }: Offered<EventType>,
  full: boolean,
): MessageInitShape<typeof EventTypeSchema> {
  return {
    name: item.name,
    provider: provider.id,
    description: item.description,
    schemaVersion: item.schemaVersion,
    runtimeState: RuntimeState[item.runtimeState],
    triggerable: item.triggerable,
    waitable: item.waitable,
    payloadSchema: full ? asStruct(item.payloadSchema) : undefined,
    metaSchema: full ? asStruct(metaSchema) : undefined,
    requiredScopes: [...item.scopes],
  };
}

export function actionFacts({ provider, item }: Offered<Action>, full: boolean): MessageInitShape<typeof ActionSchema> {
  return {
    name: item.name,
    title: item.title,
    description: item.description,
    provider: provider.id,
    runtimeState: RuntimeState[item.runtimeState],
    risk: ActionRisk[item.risk],
    annotations: item.annotations,
    inputSchema: full ? asStruct(item.inputSchema) : undefined,
    outputSchema: full ? asStruct(item.outputSchema) : undefined,
    requiredScopes: [...item.scopes],
    references: item.references.map(reference => ({
      inputField: pointer(item, reference.field),
      referenceType: reference.type,
      dependsOn: Object.fromEntries(
        Object.entries(reference.dependsOn ?? {}).map(([key, field]) => [key, pointer(item, field)]),
      ),
    })),
  };
}

/** A list's binding is of each of its elements. */
function pointer({ inputSchema }: Action, field: string): string {
  const properties = (inputSchema.properties ?? {}) as Record<string, { type?: unknown } | undefined>;
  const escaped = field.replaceAll('~', '~0').replaceAll('/', '~1');
  return properties[field]?.type === 'array' ? `/${escaped}/*` : `/${escaped}`;
}

export function referenceTypeFacts(
  { provider, item }: Offered<ReferenceType>,
  full: boolean,
): MessageInitShape<typeof ReferenceTypeSchema> {
  const byProvider = item.source === 'PROVIDER' && item.search === 'PROVIDER';
  return {
    name: item.name,
    provider: provider.id,
    title: item.title,
    description: item.description,
    runtimeState: RuntimeState[item.runtimeState],
    requiredScopes: [...item.scopes],
    dependsOn: item.dependsOn.map(({ key, type, required }) => ({ key, referenceType: type, required })),
    search: byProvider ? ReferenceSearch.PROVIDER : ReferenceSearch.INDEX,
    dependsOnSchema: full && item.dependsOn.length > 0 ? asStruct(dependsOnSchema(item)) : undefined,
  };
}

export function capabilityMessage(watched: WatchedCapability): MessageInitShape<typeof CapabilityReadinessSchema> {
  return {
    kind: CapabilityKind[watched.kind],
    name: watched.name,
    provider: watched.provider,
    readiness: Readiness[watched.verdict.readiness],
    causes: watched.verdict.causes.map(causeMessage),
  };
}

export function causeMessage(detail: CauseDetail): MessageInitShape<typeof CauseDetailSchema> {
  const { fix } = detail;
  return {
    cause: ReadinessCause[detail.cause],
    message: detail.message,
    scopes: [...detail.scopes],
    mender: Mender[detail.mender],
    fix: { method: fix.method ?? '', arguments: { ...fix.arguments }, setting: fix.setting ?? '' },
    integrationId: detail.integrationId ?? '',
  };
}

/** A manifest's schema is JSON already, and nobody writes to it: the message holds the very same value. */
const asStruct = (schema: JsonSchema): JsonObject => schema as JsonObject;
