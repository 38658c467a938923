import type { Fix } from '../catalog/causes.ts';
import type { Integration } from '../integrations/entity.ts';
import type { ProviderError } from '../providers/kit/error.ts';
import type { Provider } from '../providers/provider.ts';
import type { ReferenceFailure, ReferenceList } from './entity.ts';

export type GapCause =
  | 'CRAWL_UNDER_WAY'
  | 'STALE'
  | 'SCOPE_MISSING'
  | 'PERMISSION_MISSING'
  | 'RATE_LIMITED'
  | 'PROVIDER_UNAVAILABLE'
  | 'PROVIDER_LIMIT';

export type Gap = {
  readonly cause: GapCause;
  readonly message: string;
  readonly scopes: readonly string[];
  /** Undefined: only waiting helps. */
  readonly fix?: Fix;
};

/** How much of the truth an answer holds. */
export type Completeness = {
  readonly complete: boolean;
  readonly known: number;
  readonly asOf: Date;
  readonly gaps: readonly Gap[];
};

/** What a failure after the first page means for the answer; undefined where the credential itself was refused. */
export function gapOf(
  provider: Provider,
  project: string,
  integrationId: string | undefined,
  { failure }: ProviderError,
): Gap | undefined {
  const name = provider.displayName;
  switch (failure.kind) {
    case 'refused':
      return undefined;
    case 'throttled':
      return { cause: 'RATE_LIMITED', message: `${name} asked us to slow down; ask again later.`, scopes: [] };
    case 'forbidden':
      return {
        cause: failure.scopes === undefined ? 'PERMISSION_MISSING' : 'SCOPE_MISSING',
        message: `${name} does not show the rest to this integration.`,
        scopes: failure.scopes ?? [],
        ...(integrationId !== undefined && {
          fix: {
            method: 'mobius.integrations.v1.IntegrationService/ConnectProvider',
            arguments: { project, provider: provider.id, integration_id: integrationId },
          },
        }),
      };
    default:
      return { cause: 'PROVIDER_UNAVAILABLE', message: `${name} did not give the rest; ask again later.`, scopes: [] };
  }
}

/** A list may be so many times its rhythm old before that is told. */
const STALE_AFTER = 2;
const LIST_EVERY_MS = 6 * 3_600_000;

/** How much of the truth the index holds. */
export function indexCompleteness(
  provider: Provider,
  integration: Integration,
  list: ReferenceList,
  now: Date,
  everyMs = LIST_EVERY_MS,
): Completeness {
  const { completeTime, failure, known } = list;
  const gaps: Gap[] = [];
  if (failure !== null) gaps.push(failureGap(provider, integration, failure, list.failureScopes ?? []));
  const refresh = {
    method: 'mobius.integrations.v1.ReferenceService/RefreshReferences',
    arguments: { project: list.project, reference_type: list.referenceType, integration_id: integration.id },
  };
  if (completeTime === null) {
    const message = `The index is being filled; ${known} are known so far.`;
    gaps.push({ cause: 'CRAWL_UNDER_WAY', message, scopes: [] });
  } else if (now.getTime() - completeTime.getTime() > STALE_AFTER * everyMs || failure !== null) {
    const message = `This is what ${provider.displayName} listed at ${completeTime.toISOString()}.`;
    gaps.push({ cause: 'STALE', message, scopes: [], fix: refresh });
  }
  return { complete: gaps.length === 0, known, asOf: completeTime ?? now, gaps };
}

/** Of an answer from what searches of the provider found before. Without a cause: the provider was not asked. */
export function keptCompleteness(
  provider: Provider,
  integration: Integration,
  list: ReferenceList,
  items: readonly { readonly seenTime: Date }[],
  cause: GapCause | undefined,
): Completeness {
  const { displayName: name } = provider;
  const asOf = new Date(Math.min(list.useTime.getTime(), ...items.map(({ seenTime }) => seenTime.getTime())));
  const why =
    cause === 'RATE_LIMITED'
      ? `${name} asked us to slow down; ask again later.`
      : `${name} did not answer the search; ask again later.`;
  const again = {
    method: 'mobius.integrations.v1.ReferenceService/LookupReferences',
    arguments: { project: list.project, reference_type: list.referenceType, integration_id: integration.id },
  };
  const message = `Only what earlier searches found is known here: ${list.known}, and not as it is now.`;
  const stale: Gap = { cause: 'STALE', message, scopes: [], fix: again };
  const gaps = cause === undefined ? [stale] : [{ cause, message: why, scopes: [] }, stale];
  return { complete: false, known: list.known, asOf, gaps };
}

function failureGap(
  provider: Provider,
  integration: Integration,
  failure: ReferenceFailure,
  scopes: readonly string[],
): Gap {
  const { displayName: name } = provider;
  const { project, id } = integration;
  const arguments_ = { project, provider: provider.id, integration_id: id };
  const connect = { method: 'mobius.integrations.v1.IntegrationService/ConnectProvider', arguments: arguments_ };
  switch (failure) {
    case 'RATE_LIMITED':
      return { cause: failure, message: `${name} asked us to slow down; the crawl goes on by itself.`, scopes: [] };
    case 'SCOPE_MISSING':
      return { cause: failure, message: `${name} hides what the integration has no scope for.`, scopes, fix: connect };
    case 'PERMISSION_MISSING':
    case 'CREDENTIAL_REFUSED':
      return {
        cause: 'PERMISSION_MISSING',
        message: `${name} does not let this integration list them; connect it again.`,
        scopes: [],
        fix: connect,
      };
    default:
      return {
        cause: 'PROVIDER_UNAVAILABLE',
        message: `${name} did not answer as it should; this is what was known before.`,
        scopes: [],
      };
  }
}
