import { chooseAmong, missingScopes } from '../integrations/choose.ts';
import type { IntegrationStatus } from '../integrations/entity.ts';
import { feedFor, methodFor, needsApp, subscriptionsFor } from '../providers/catalog_index.ts';
import type { WebhookEndpoint } from '../providers/delivery.ts';
import type { AuthKind, ConnectMethod, Provider, RuntimeState } from '../providers/provider.ts';
import type { CauseDetail, HealthCause, ReadinessCause } from './causes.ts';
import * as causes from './causes.ts';

export type Readiness = 'READY' | 'DEGRADED' | 'NEEDS_SETUP' | 'UNAVAILABLE';

export type CapabilityKind = 'PROVIDER' | 'EVENT_TYPE' | 'ACTION' | 'REFERENCE_TYPE';

/** `causes` are all that apply, each once; the first is what to mend first. */
export type Verdict = { readonly readiness: Readiness; readonly causes: readonly CauseDetail[] };

/** What readiness is asked of. A provider as such is ACTIVE and needs no scopes. */
export type Capability = {
  readonly kind: CapabilityKind;
  readonly name: string;
  readonly runtimeState: RuntimeState;
  readonly scopes: readonly string[];
};

/** Where a project stands with a provider at a moment, as far as readiness depends on it. */
export type Standing = {
  readonly provider: Provider;
  readonly project: string;
  readonly now: Date;
  readonly isDisabled: boolean;
  readonly isInPlan: boolean;
  readonly hasApp: boolean;
  /** Names of the app's secrets that have a value. */
  readonly appSecrets: readonly string[];
  readonly hasPlatformCredential: boolean;
  /** Whether the caller's grants include the provider. */
  readonly isPermitted: boolean;
  /** The oldest first. */
  readonly integrations: readonly IntegrationStanding[];
};

export type IntegrationStanding = {
  readonly id: string;
  readonly provider: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly status: IntegrationStatus;
  readonly healthCause: HealthCause | null;
  readonly healthMessage: string;
  readonly healthSince: Date | undefined;
  readonly createTime: Date;
  readonly account: { readonly id: string; readonly label: string; readonly url: string };
  readonly authKind: AuthKind;
  readonly grantedScopes: string[] | null;
  readonly updateTime: Date;
  /** Undefined: no credential is current. */
  readonly credential:
    | {
        readonly expireTime: Date | undefined;
        readonly refreshable: boolean;
        /** Undefined: not known. */
        readonly secretFields: readonly string[] | undefined;
      }
    | undefined;
};

/** A credential that nobody renews is reported this long before its end. */
export const EXPIRY_NOTICE_MS = 7 * 24 * 3_600_000;

type Severity = Exclude<Readiness, 'READY'>;
type Finding = readonly [Severity, CauseDetail];

const SEVERITIES: readonly Severity[] = ['UNAVAILABLE', 'NEEDS_SETUP', 'DEGRADED'];

/** Whether the capability would work now, and everything that keeps it from it. */
export function assess(standing: Standing, capability: Capability): Verdict {
  return conclude([...ruledOut(standing, capability), ...connection(standing, capability)]);
}

/** `assess` for one standing: all that need the same get the same verdict, the very same object. */
export function assessor(standing: Standing): (capability: Capability) => Verdict {
  const known = new Map<string, Verdict>();
  return capability => {
    // What is planned is named in its cause.
    if (capability.runtimeState === 'PLANNED') return assess(standing, capability);
    const need = `${capability.kind} ${capability.scopes.join(' ')}`;
    let verdict = known.get(need);
    if (verdict === undefined) {
      verdict = assess(standing, capability);
      known.set(need, verdict);
    }
    return verdict;
  };
}

const READY: Verdict = { readiness: 'READY', causes: [] };

function conclude(findings: readonly Finding[]): Verdict {
  if (findings.length === 0) return READY;
  const each = new Map<ReadinessCause, CauseDetail>();
  for (const [, detail] of findings) if (!each.has(detail.cause)) each.set(detail.cause, detail);
  const readiness = SEVERITIES.find(severity => findings.some(f => f[0] === severity)) ?? 'READY';
  return { readiness, causes: [...each.values()] };
}

/** Why a way of connecting is not open now, whatever the project has. */
export function whyClosed(standing: Standing, method: ConnectMethod): readonly CauseDetail[] {
  return conclude([...switchedOff(standing), ...appFindings(standing, [method])]).causes;
}

/** Whether the operator or the plan rules the provider out. */
export function isOff({ isDisabled, isInPlan }: Standing): boolean {
  return isDisabled || !isInPlan;
}

function ruledOut(standing: Standing, capability: Capability): Finding[] {
  const planned = capability.runtimeState === 'PLANNED';
  return [
    ...(planned ? [['UNAVAILABLE', causes.notImplemented(capability.name)] as const] : []),
    ...switchedOff(standing),
    ...(standing.isPermitted ? [] : [['NEEDS_SETUP', causes.permissionMissing(standing)] as const]),
  ];
}

function switchedOff(standing: Standing): Finding[] {
  return [
    ...(standing.isDisabled ? [['UNAVAILABLE', causes.disabledByEnvironment(standing)] as const] : []),
    ...(standing.isInPlan ? [] : [['UNAVAILABLE', causes.disabledByPlan(standing)] as const]),
  ];
}

/** What a method needs of the platform and does not find. */
function appFindings(standing: Standing, methods: readonly ConnectMethod[]): Finding[] {
  const open = standing.hasApp || methods.some(m => !needsApp(m));
  return open ? [] : [['UNAVAILABLE', causes.platformAppMissing(standing)]];
}

function connection(standing: Standing, capability: Capability): readonly Finding[] {
  const { provider, integrations } = standing;
  if (provider.builtIn === true) return [];
  const isEvent = capability.kind === 'EVENT_TYPE';
  const chosen = chooseAmong(integrations);
  if (chosen === 'NOT_CONFIGURED') {
    // What arrives is attributed to a project by its integration; the platform's credential belongs to none.
    if (standing.hasPlatformCredential && !isEvent) return [];
    const missing = [...appFindings(standing, provider.connect), ...(isEvent ? receptionFindings(standing) : [])];
    return [...missing, ['NEEDS_SETUP', causes.notConfigured(standing)]];
  }
  if (chosen !== 'AMBIGUOUS_INTEGRATION') return integrationFindings(standing, chosen, capability);
  if (!isEvent) return [['NEEDS_SETUP', causes.ambiguous(standing)]];
  // Events arrive through each of them.
  const byIntegration = integrations.map(i => integrationFindings(standing, i, capability));
  return byIntegration.reduce((best, next) => (weight(next) < weight(best) ? next : best));
}

function weight(findings: readonly Finding[]): number {
  return Math.max(0, ...findings.map(([severity]) => SEVERITIES.length - SEVERITIES.indexOf(severity)));
}

function integrationFindings(standing: Standing, integration: IntegrationStanding, capability: Capability): Finding[] {
  const { provider, now } = standing;
  const { credential, healthCause } = integration;
  const findings: Finding[] = [];
  const endsIn = (credential?.expireTime?.getTime() ?? Number.POSITIVE_INFINITY) - now.getTime();
  const isOver = endsIn <= 0;
  if (integration.status === 'INACTIVE') findings.push(['NEEDS_SETUP', causes.inactive(standing, integration)]);
  // One that is refreshed at its next use is as good as one that lasts.
  if (integration.status === 'EXPIRED' || credential === undefined || (isOver && !credential.refreshable)) {
    findings.push(['NEEDS_SETUP', causes.expired(standing, integration)]);
  }
  const method = methodFor(provider, integration.authKind);
  // Installation tokens are minted with the app's key, and an OAuth token is refreshed with the app.
  if (method?.mode === 'APP_INSTALL') findings.push(...appFindings(standing, [method]));
  if (method?.mode === 'OAUTH_REDIRECT' && credential?.refreshable && credential.expireTime) {
    const severity = isOver ? 'UNAVAILABLE' : 'DEGRADED';
    findings.push(...appFindings(standing, [method]).map(([, detail]): Finding => [severity, detail]));
  }
  const missing = missingScopes(integration, capability.scopes);
  if (missing.length > 0) findings.push(['NEEDS_SETUP', causes.scopeMissing(standing, integration, missing)]);
  if (capability.kind === 'EVENT_TYPE') findings.push(...receptionFindings(standing, integration));

  const concerns = healthCause !== 'SUBSCRIPTION_LAPSED' || isOfEvents(capability.kind);
  if (integration.status === 'ACTIVE' && healthCause !== null && concerns) {
    findings.push(['DEGRADED', causes.unhealthy(standing, integration, healthCause, integration.healthMessage)]);
  }
  if (credential?.expireTime !== undefined && !credential.refreshable && !isOver && endsIn <= EXPIRY_NOTICE_MS) {
    findings.push(['DEGRADED', causes.expired(standing, integration, credential.expireTime)]);
  }
  return findings;
}

/** Actions and references work as well where events do not come. */
function isOfEvents(kind: CapabilityKind): boolean {
  return kind === 'EVENT_TYPE' || kind === 'PROVIDER';
}

/** What keeps the integration's deliveries from being verified. One endpoint with its secret is enough. */
function receptionFindings(standing: Standing, integration?: IntegrationStanding): Finding[] {
  const { provider } = standing;
  const endpoints = provider.webhook?.endpoints ?? [];
  if (integration !== undefined && comesByItself(standing, integration.authKind)) return [];
  if (endpoints.length === 0 || endpoints.some(e => canVerify(standing, e, integration ? [integration] : [])))
    return [];
  // Nobody has to bring a secret where connecting is enough.
  if (integration === undefined && provider.connect.some(({ authKind }) => comesByItself(standing, authKind)))
    return [];
  for (const endpoint of endpoints) {
    if (endpoint.secret !== 'INTEGRATION') continue;
    const method = methodWith(provider, endpoint.secretField);
    if (method === undefined) continue;
    return integration ? [['NEEDS_SETUP', causes.webhookSecretMissing(standing, method, integration)]] : [];
  }
  return [['UNAVAILABLE', causes.platformAppMissing(standing, endpoints[0]?.secretField)]];
}

/** Whether deliveries to the endpoint can be verified, with the platform's secret or one of the integrations'. */
export function canVerify(
  { provider, appSecrets }: Standing,
  endpoint: WebhookEndpoint,
  integrations: readonly IntegrationStanding[],
): boolean {
  if (endpoint.secret === 'PLATFORM_APP') return appSecrets.includes(endpoint.secretField);
  // None that a person enters: whether the webhooks stand is noted on their integration.
  if (endpoint.secret === 'SUBSCRIPTION') return integrations.length > 0;
  return integrations.some(integration => {
    const { credential } = integration;
    if (credential === undefined || !takesSecret(provider, integration, endpoint)) return false;
    return credential.secretFields?.includes(endpoint.secretField) ?? true;
  });
}

/**
 * Whether the service makes the webhooks itself, and can verify them, or reads; whether that works is noted on the
 * integration.
 */
function comesByItself({ provider, appSecrets }: Standing, authKind: string): boolean {
  if (feedFor(provider, authKind) !== undefined) return true;
  const subscriptions = subscriptionsFor(provider, authKind);
  const endpoint = provider.webhook?.endpoints.find(({ suffix }) => suffix === subscriptions?.endpoint);
  if (subscriptions === undefined || endpoint === undefined) return false;
  return endpoint.secret !== 'PLATFORM_APP' || appSecrets.includes(endpoint.secretField);
}

/** Whether the integration was connected in a way that can bring the endpoint's secret. */
export function takesSecret(
  provider: Provider,
  { authKind }: Pick<IntegrationStanding, 'authKind'>,
  { secretField }: WebhookEndpoint,
): boolean {
  const method = methodFor(provider, authKind);
  return method !== undefined && takes(method, secretField);
}

function methodWith(provider: Provider, secretField: string): ConnectMethod | undefined {
  return provider.connect.find(method => takes(method, secretField));
}

function takes(method: ConnectMethod, secretField: string): boolean {
  return 'schema' in method && Object.hasOwn((method.schema.properties ?? {}) as object, secretField);
}
