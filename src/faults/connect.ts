import type { JsonSchema, Provider } from '../providers/provider.ts';
import type { Found } from './fault.ts';
import { openSecretsIn, propertiesOf } from './schema_walk.ts';

/** The ways to connect, what they need of the operator, and what deliveries are signed with. */
export function connectFaults(provider: Provider): Found[] {
  const { connect, builtIn } = provider;
  const found: Found[] = [];
  if ((connect.length === 0) !== (builtIn === true)) {
    found.push({ path: ['connect'], message: 'needs a way to connect, and only what is built in has none' });
  }
  for (const [index, { authKind }] of connect.entries()) {
    const before = connect.findIndex(other => other.authKind === authKind);
    if (before === index) continue;
    const message = `number ${before + 1} connects by ${authKind} already; each way needs a kind of its own`;
    found.push({ path: ['connect', index], message });
  }
  return [
    ...found,
    ...appFaults(provider),
    ...tokenFaults(provider),
    ...formFaults(provider),
    ...signingFaults(provider),
  ];
}

function appFaults({ connect, app }: Provider): Found[] {
  // Where clients register themselves, the operator needs none.
  const index = connect.findIndex(method => method.mode === 'OAUTH_REDIRECT' && !('discovery' in method));
  if (index < 0) return [];
  const { client_id: id, client_secret: secret } = propertiesOf(app?.schema ?? {});
  if (id !== undefined && id.writeOnly !== true && secret?.writeOnly === true) return [];
  return [{ path: ['connect', index], message: 'needs an app with client_id, and client_secret as a secret' }];
}

/** The app's secret is sent to the token endpoint: of a host that a customer names whole it would be anybody's. */
function tokenFaults({ connect, endpoints }: Provider): Found[] {
  return connect.flatMap((method, index) => {
    if (method.mode !== 'OAUTH_REDIRECT' || 'discovery' in method) return [];
    const [, name] = /^https?:\/\/\{(\w+)\}(\/|$)/.exec(method.tokenUrl(endpoints)) ?? [];
    if (name === undefined || Array.isArray(propertiesOf(method.settings ?? {})[name]?.enum)) return [];
    const message =
      'sends the app’s secret to whatever host a setting names; the token endpoint needs a host of the vendor’s';
    return [{ path: ['connect', index], message }];
  });
}

function formFaults({ connect, app }: Provider): Found[] {
  const forms = [
    ...connect.flatMap((method, index) =>
      'schema' in method ? [{ path: ['connect', index, 'schema'], schema: method.schema }] : [],
    ),
    ...(app === undefined ? [] : [{ path: ['app', 'schema'], schema: app.schema }]),
  ];
  return forms.flatMap(({ path, schema }) =>
    openSecretsIn(schema).map(name => ({
      path: [...path, 'properties', name],
      message: `${name} sounds like a secret; mark it as one, or name it otherwise`,
    })),
  );
}

/** What is named where keys are published is an audience, which is no secret. */
function signingFaults({ connect, app, webhook }: Provider): Found[] {
  const forms = connect.flatMap(method => ('schema' in method ? [method.schema] : []));
  return (webhook?.endpoints ?? []).flatMap(({ secret, secretField, keySetUrl }, index) => {
    if (secret === 'SUBSCRIPTION') return [];
    const owners: readonly JsonSchema[] = secret === 'PLATFORM_APP' ? [app?.schema ?? {}] : forms;
    const fields = owners.map(form => propertiesOf(form)[secretField]).filter(field => field !== undefined);
    if (fields.some(field => (field.writeOnly === true) === (keySetUrl === undefined))) return [];
    const owner = secret === 'PLATFORM_APP' ? 'the app' : 'a form of a way to connect';
    return [{ path: ['webhook', 'endpoints', index, 'secretField'], message: `must name a secret field of ${owner}` }];
  });
}

/** Scopes that an item needs and nobody can be asked for. */
export function scopeFaults(provider: Provider): Found[] {
  const redirects = provider.connect.filter(method => method.mode === 'OAUTH_REDIRECT');
  if (redirects.length === 0) return [];
  const askable = new Set(redirects.flatMap(({ scopes }) => [...scopes.default, ...(scopes.optional ?? [])]));
  return (['eventTypes', 'actions', 'references'] as const).flatMap(kind => {
    const items: readonly { readonly scopes: readonly string[] }[] = provider[kind];
    return items.flatMap(({ scopes }, index) =>
      scopes
        .filter(scope => !askable.has(scope))
        .map(scope => ({
          path: [kind, index, 'scopes'],
          message: `${scope} is no scope that a way to connect asks for, by default or as an option`,
        })),
    );
  });
}
