import type { Integration } from '../integrations/entity.ts';
import type { ConnectMethod, Provider } from '../providers/provider.ts';

/** What keeps a capability from being READY; the names are error reasons too. */
export type ReadinessCause =
  | 'NOT_CONFIGURED'
  | 'INACTIVE'
  | 'EXPIRED'
  | 'SCOPE_MISSING'
  | 'PERMISSION_MISSING'
  | 'AMBIGUOUS_INTEGRATION'
  | 'SUBSCRIPTION_LAPSED'
  | 'PLATFORM_APP_MISSING'
  | 'DISABLED_BY_ENVIRONMENT'
  | 'DISABLED_BY_PLAN'
  | 'NOT_IMPLEMENTED'
  | 'PROVIDER_OUTAGE';

/** What the service may note on an integration. */
export type HealthCause = NonNullable<Integration['healthCause']>;

export type Mender = 'CALLER' | 'PROJECT' | 'OPERATOR' | 'PROVIDER';

/** The one call or setting that mends a cause; neither where waiting is all that helps. */
export type Fix = {
  readonly method?: string;
  readonly arguments?: Readonly<Record<string, string>>;
  readonly setting?: string;
};

export type CauseDetail = {
  readonly cause: ReadinessCause;
  readonly message: string;
  readonly scopes: readonly string[];
  readonly mender: Mender;
  readonly fix: Fix;
  readonly integrationId?: string;
};

/** Where a cause was found. */
export type Place = { readonly project: string; readonly provider: Provider };

/** What a cause about an integration needs to know of it. */
export type Flawed = {
  readonly id: string;
  readonly name: string;
  readonly authKind: string;
  readonly grantedScopes: readonly string[] | null;
};

const SERVICE = 'mobius.integrations.v1.IntegrationService';

const connect = ({ project, provider }: Place, known: Readonly<Record<string, string>> = {}): Fix => ({
  method: `${SERVICE}/ConnectProvider`,
  arguments: { project, provider: provider.id, ...known },
});

const update = (project: string, known: Readonly<Record<string, string>>): Fix => ({
  method: `${SERVICE}/UpdateIntegration`,
  arguments: { project, ...known },
});

const none: Pick<CauseDetail, 'scopes'> = { scopes: [] };

export function notImplemented(name: string): CauseDetail {
  return {
    ...none,
    cause: 'NOT_IMPLEMENTED',
    message: `${name} is planned and has no implementation yet.`,
    mender: 'OPERATOR',
    fix: { setting: 'a release of this service that implements it' },
  };
}

/** What the catalog no longer has: the provider's manifest is gone, or the item is out of it. */
export function withdrawn(name: string, provider: string): CauseDetail {
  return {
    ...none,
    cause: 'NOT_IMPLEMENTED',
    message: `${name} is no longer in the catalog.`,
    mender: 'OPERATOR',
    fix: { setting: `MOBIUS_PROVIDERS_DIR: ${provider}.yaml` },
  };
}

export function disabledByEnvironment({ provider }: Place): CauseDetail {
  return {
    ...none,
    cause: 'DISABLED_BY_ENVIRONMENT',
    message: `${provider.displayName} is switched off in this environment.`,
    mender: 'OPERATOR',
    fix: { setting: `platform.yaml: providers.${provider.id}.disabled` },
  };
}

export function disabledByPlan({ provider, project }: Place): CauseDetail {
  return {
    ...none,
    cause: 'DISABLED_BY_PLAN',
    message: `The project's plan does not include ${provider.displayName}.`,
    mender: 'OPERATOR',
    fix: { setting: `platform.yaml: projects.${project}.plan` },
  };
}

export function permissionMissing({ provider }: Place): CauseDetail {
  return {
    ...none,
    cause: 'PERMISSION_MISSING',
    message: `You may not use ${provider.displayName} in this project; ask for it.`,
    mender: 'CALLER',
    fix: { setting: "access.yaml: providers of the caller's rule" },
  };
}

/** `part` is the field of the app that is missing; absent: all of it. */
export function platformAppMissing({ provider }: Place, part?: string): CauseDetail {
  const setting = `platform.yaml: providers.${provider.id}.app${part === undefined ? '' : `.${part}`}`;
  return {
    ...none,
    cause: 'PLATFORM_APP_MISSING',
    message:
      part === undefined
        ? `The platform has no app registered with ${provider.displayName}.`
        : `The platform's ${provider.displayName} app has no ${part}.`,
    mender: 'OPERATOR',
    fix: { setting },
  };
}

export function notConfigured(place: Place): CauseDetail {
  return {
    ...none,
    cause: 'NOT_CONFIGURED',
    message: `The project has no integration with ${place.provider.displayName}; connect it.`,
    mender: 'PROJECT',
    fix: connect(place),
  };
}

export function webhookSecretMissing(place: Place, method: ConnectMethod, flawed: Flawed): CauseDetail {
  return {
    ...none,
    cause: 'NOT_CONFIGURED',
    message: `"${flawed.name}" has no webhook signing secret, so its deliveries are refused; connect it again with one.`,
    mender: 'PROJECT',
    fix: connect(place, { integration_id: flawed.id, auth_kind: method.authKind }),
    integrationId: flawed.id,
  };
}

export function ambiguous({ project, provider }: Place): CauseDetail {
  return {
    ...none,
    cause: 'AMBIGUOUS_INTEGRATION',
    message: `The project has several integrations with ${provider.displayName} and none is its default; choose one.`,
    mender: 'PROJECT',
    fix: update(project, { is_default: 'true' }),
  };
}

export function inactive({ project }: Place, flawed: Flawed): CauseDetail {
  return {
    ...none,
    cause: 'INACTIVE',
    message: `"${flawed.name}" was switched off.`,
    mender: 'PROJECT',
    fix: update(project, { integration: flawed.id, status: 'ACTIVE' }),
    integrationId: flawed.id,
  };
}

/** `soon`: it still works. */
export function expired(place: Place, flawed: Flawed, soon?: Date): CauseDetail {
  return {
    ...none,
    cause: 'EXPIRED',
    message:
      soon === undefined
        ? `The credential of "${flawed.name}" is no longer usable; connect it again.`
        : `The credential of "${flawed.name}" ends on ${soon.toISOString().slice(0, 10)}; connect it again before that.`,
    mender: 'PROJECT',
    fix: connect(place, { integration_id: flawed.id }),
    integrationId: flawed.id,
  };
}

export function scopeMissing(place: Place, flawed: Flawed, missing: readonly string[]): CauseDetail {
  // A consent replaces the one before: asking for the missing scopes alone would lose the others.
  const scopes = [...new Set([...(flawed.grantedScopes ?? []), ...missing])].join(' ');
  const canAsk = flawed.authKind === 'OAUTH2' && missing.length > 0 && scopes.length <= 2048;
  return {
    cause: 'SCOPE_MISSING',
    message: `"${flawed.name}" was granted without ${missing.length === 0 ? 'a scope it needs' : list(missing)}.`,
    scopes: missing,
    mender: 'PROJECT',
    fix: connect(place, { integration_id: flawed.id, ...(canAsk && { scopes }) }),
    integrationId: flawed.id,
  };
}

/** What the service noted on an integration that still is ACTIVE. */
export function unhealthy(place: Place, flawed: Flawed, cause: HealthCause, message: string): CauseDetail {
  const known = ofHealth(place, flawed, cause);
  return { ...known, message: message || known.message };
}

function ofHealth(place: Place, flawed: Flawed, cause: HealthCause): CauseDetail {
  switch (cause) {
    case 'PLATFORM_APP_MISSING':
      return { ...platformAppMissing(place), integrationId: flawed.id };
    case 'EXPIRED':
      return expired(place, flawed);
    case 'SCOPE_MISSING':
      return scopeMissing(place, flawed, []);
    case 'SUBSCRIPTION_LAPSED':
      return {
        ...none,
        cause,
        message: `${place.provider.displayName} does not deliver events of "${flawed.name}" now.`,
        mender: 'PROJECT',
        fix: connect(place, { integration_id: flawed.id }),
        integrationId: flawed.id,
      };
    case 'PROVIDER_OUTAGE':
      return {
        ...none,
        cause,
        message: `${place.provider.displayName} has been failing for a while.`,
        mender: 'PROVIDER',
        fix: {},
        integrationId: flawed.id,
      };
  }
}

function list(scopes: readonly string[]): string {
  const shown = scopes.slice(0, 5).join(', ');
  return scopes.length > 5 ? `${shown} and ${scopes.length - 5} more scopes` : `${shown}`;
}
