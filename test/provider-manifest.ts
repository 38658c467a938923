import type { ConnectMethod, Provider } from '../src/providers/provider.ts';

/** Reads manifests for `providers.test.ts`. */

/** Scopes a person can be asked for; undefined where no method of the provider knows scopes. */
export function askableScopes(provider: Provider): ReadonlySet<string> | undefined {
  const lists = provider.connect.flatMap(method =>
    method.mode === 'OAUTH_REDIRECT' ? [...method.scopes.default, ...(method.scopes.optional ?? [])] : [],
  );
  return provider.connect.some(method => method.mode === 'OAUTH_REDIRECT') ? new Set(lists) : undefined;
}

export function neededScopes(provider: Provider): readonly string[] {
  return [...provider.actions, ...provider.eventTypes, ...provider.references].flatMap(({ scopes }) => scopes);
}

export function methodOf(provider: Provider, mode: string, authKind: string): ConnectMethod {
  const method = provider.connect.find(each => each.mode === mode && each.authKind === authKind);
  if (method === undefined) throw new Error(`${provider.id} has no method ${mode} ${authKind}`);
  return method;
}

/** Actions that say they only read and change something all the same, or take something away at a low risk. */
export function effectsAtOdds({ actions }: Provider): string[] {
  return actions
    .filter(({ annotations: { readOnly, idempotent, destructive }, risk }) =>
      readOnly ? destructive || !idempotent : destructive && risk === 'LOW',
    )
    .map(({ name }) => name);
}
