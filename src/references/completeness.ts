import type { Fix } from '../catalog/causes.ts';
import type { ProviderError } from '../providers/kit/error.ts';
import type { Provider } from '../providers/provider.ts';

export type GapCause =
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
