import { type AuthorizationServer, processDiscoveryResponse } from 'oauth4webapi';
import type { Deps } from '../deps.ts';
import { type IntegrationError, invalidField } from '../errors.ts';
import { type Fetch, PROVIDER_TIMEOUT_MS, readBounded } from '../outbound.ts';
import { fetchFor } from '../outbound_customer.ts';
import type { DiscoveredExchange } from '../providers/exchange.ts';
import { ProviderError } from '../providers/kit/error.ts';
import { isObject, optionalString } from '../providers/kit/read.ts';
import type { Provider } from '../providers/provider.ts';

export type DiscoveredServer = {
  readonly server: AuthorizationServer & {
    readonly authorization_endpoint: string;
    readonly token_endpoint: string;
    readonly registration_endpoint: string;
  };
  /** The resource as it calls itself. */
  readonly resource: string;
  /** What it says a client should ask for. */
  readonly scopes: readonly string[];
  /** For whatever else is asked of the server. */
  readonly fetch: Fetch;
};

/** More would be no consent that a person reads. */
const MAX_SCOPES = 100;

/**
 * Finds the authorization server of a customer's resource server: by the refusal's `resource_metadata` or the well-known
 * places (RFC 9728), and there by its own (RFC 8414). Every address is one that a stranger brought, and is reached as such.
 */
export async function discoverServer(
  deps: Pick<Deps, 'fetch' | 'lookup'> & { readonly platform: Pick<Deps['platform'], 'endpointsOf' | 'isOverridden'> },
  provider: Provider,
  { discovery }: DiscoveredExchange,
  config: Readonly<Record<string, unknown>>,
): Promise<DiscoveredServer> {
  const fetch = boundedFetch(fetchFor(deps, provider));
  const url = new URL(discovery.resourceUrl(deps.platform.endpointsOf(provider, config), config));
  // Plain http only where the operator put it in the place of the provider's own address.
  const isSecure: Secure = text => URL.canParse(text) && ['https:', url.protocol].includes(new URL(text).protocol);
  const challenge = await challengeOf(fetch, url, discovery.probe);
  const { resource, issuer, scopes } = await findResource(fetch, url, challenge, isSecure);
  const server = await findServer(fetch, issuer, isSecure);
  const asked = /\bscope="([^"]*)"/i.exec(challenge)?.[1]?.split(' ').filter(isText) ?? scopes;
  const withRefresh = server.scopes_supported?.includes('offline_access') === true ? ['offline_access'] : [];
  return { server, resource, scopes: [...new Set([...asked, ...withRefresh])].slice(0, MAX_SCOPES), fetch };
}

type Secure = (url: string) => boolean;

async function findResource(fetch: Fetch, url: URL, challenge: string, isSecure: Secure) {
  const named = /\bresource_metadata="([^"]+)"/i.exec(challenge)?.[1];
  const places = [...(named === undefined ? [] : [named]), ...wellKnown('oauth-protected-resource', url)];
  const metadata = await firstFound(fetch, places.filter(isSecure));
  if (metadata === undefined) throw unfit('publishes no protected resource metadata (RFC 9728)');
  return readResource(await metadata.json().catch(() => undefined), url);
}

async function findServer(fetch: Fetch, issuer: string, isSecure: Secure): Promise<DiscoveredServer['server']> {
  if (!isSecure(issuer)) throw unfit('names an authorization server that is not reached by https');
  const answer = await firstFound(fetch, serverPlaces(new URL(issuer)));
  if (answer === undefined) throw unfit('names an authorization server without metadata (RFC 8414)');
  const server = await processDiscoveryResponse(new URL(issuer), answer).catch(() => {
    throw unfit('names an authorization server whose metadata are of another');
  });
  const { authorization_endpoint, token_endpoint, registration_endpoint } = server;
  if (!isText(registration_endpoint)) throw unfit('has an authorization server that registers no clients (RFC 7591)');
  if (!isText(authorization_endpoint) || !isText(token_endpoint)) {
    throw unfit('has an authorization server without an authorization or token endpoint');
  }
  if (![authorization_endpoint, token_endpoint, registration_endpoint].every(isSecure)) {
    throw unfit('has an authorization server that is not reached by https');
  }
  if (server.code_challenge_methods_supported?.includes('S256') !== true) {
    throw unfit('has an authorization server without PKCE S256');
  }
  return { ...server, authorization_endpoint, token_endpoint, registration_endpoint };
}

/** What the server says to who shows no token. */
async function challengeOf(
  fetch: Fetch,
  url: URL,
  { headers = {}, json }: DiscoveredExchange['discovery']['probe'],
): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' } as Record<string, string>,
    body: JSON.stringify(json),
  });
  if (answer.ok) throw invalidField('auth_kind', 'the server wants no sign-in; connect it by API_KEY, without a key');
  if (answer.status === 401) return answer.headers.get('www-authenticate') ?? '';
  throw new ProviderError({ kind: answer.status === 404 ? 'not_found' : 'unavailable' });
}

/** The metadata are of the resource itself, or of an address above it: many servers name their origin. */
function readResource(metadata: unknown, url: URL) {
  const resource = isObject(metadata) ? optionalString(metadata.resource) : undefined;
  if (!isObject(metadata) || resource === undefined || !URL.canParse(resource)) {
    throw unfit('publishes metadata that name no resource');
  }
  const above = new URL(resource);
  const root = above.pathname.replace(/\/$/, '');
  if (above.origin !== url.origin || !(url.pathname === root || url.pathname.startsWith(`${root}/`))) {
    throw unfit('publishes metadata of another resource');
  }
  const { authorization_servers: servers, scopes_supported: scopes } = metadata;
  const issuer = Array.isArray(servers) ? servers.find(isText) : undefined;
  if (issuer === undefined) throw unfit('names no authorization server');
  return { resource, issuer, scopes: Array.isArray(scopes) ? scopes.filter(isText) : [] };
}

/** Between host and path, then at the root. */
function wellKnown(name: string, { origin, pathname }: URL): string[] {
  const path = pathname.replace(/\/$/, '');
  return [...new Set([`${origin}/.well-known/${name}${path}`, `${origin}/.well-known/${name}`])];
}

/** An issuer with a path has no other's metadata: those at the root are not asked for. */
function serverPlaces({ origin, pathname }: URL): string[] {
  const path = pathname.replace(/\/$/, '');
  const places = [
    `/.well-known/oauth-authorization-server${path}`,
    `/.well-known/openid-configuration${path}`,
    `${path}/.well-known/openid-configuration`,
  ];
  return [...new Set(places)].map(place => `${origin}${place}`);
}

async function firstFound(fetch: Fetch, urls: readonly string[]): Promise<Response | undefined> {
  for (const url of urls) {
    const answer = await fetch(url, { headers: { accept: 'application/json' } });
    if (answer.status === 200) return answer;
    if (answer.status >= 500) throw new ProviderError({ kind: 'unavailable' });
  }
  return undefined;
}

/** Follows nothing, waits no longer than for any vendor, and reads no more. */
function boundedFetch(fetch: Fetch): Fetch {
  return async (input, init) => {
    try {
      const signal = AbortSignal.timeout(PROVIDER_TIMEOUT_MS);
      const answer = await fetch(input, { redirect: 'manual', ...init, signal });
      const text = await readBounded(answer);
      return new Response(text === '' ? null : text, { status: answer.status, headers: answer.headers });
    } catch (error) {
      throw error instanceof ProviderError ? error : new ProviderError({ kind: 'unavailable' }, error);
    }
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 2_048;
}

function unfit(what: string): IntegrationError {
  return invalidField('auth_kind', `the server ${what}; where it takes a token made by hand, connect it by API_KEY`);
}
