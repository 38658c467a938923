import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { liesUnder } from '../outbound.ts';
import type { Provider } from '../providers/provider.ts';

export type Config = Readonly<Record<string, unknown>>;

/** The hosts that may be sent the credential: the provider's declared ones, and those the integration's config names. */
export function allowedHosts(deps: Deps, provider: Provider, config: Config): readonly string[] {
  const endpoints = deps.platform.endpointsOf(provider, config);
  const declared = provider.credentialEndpoints.flatMap(name => endpoints[name] ?? []).map(base => new URL(base).host);
  return [...new Set([...declared, ...(provider.credentialHosts?.(config) ?? [])])];
}

export type Destination = {
  readonly url: URL;
  /** The operator named the host in place of the vendor's own: it may be within the house, and without TLS. */
  readonly isOperators: boolean;
};

/**
 * Where a request may go: an absolute URL on one of the allowed hosts, or a path below the API's base URL. Throws
 * HOST_NOT_ALLOWED for everything else. Parsed once, and what was parsed is what is called.
 */
export function destinationOf(deps: Deps, provider: Provider, config: Config, url: string): Destination {
  const endpoints = deps.platform.endpointsOf(provider, config);
  const refused = (host: string) => new IntegrationError('HOST_NOT_ALLOWED', { provider: provider.id, host });
  const isPath = url.startsWith('/');
  if (isPath && endpoints.api === undefined) throw refused('/');
  const text = isPath ? `${endpoints.api}${url}` : url;
  if (!URL.canParse(text)) throw refused('');
  const target = new URL(text);
  target.hash = '';
  const isAllowed =
    target.username === '' &&
    target.password === '' &&
    allowedHosts(deps, provider, config).includes(target.host) &&
    (!isPath || liesUnder(target, endpoints.api ?? ''));
  if (!isAllowed) throw refused(target.host);
  const overridden = provider.credentialEndpoints
    .filter(name => endpoints[name] !== undefined && isOperatorsChoice(deps, provider, name))
    .map(name => new URL(endpoints[name] ?? '').origin);
  const isOperators = overridden.includes(target.origin);
  if (target.protocol !== 'https:' && !(target.protocol === 'http:' && isOperators)) throw refused(target.host);
  return { url: target, isOperators };
}

/** Put in the vendor's place, or written by the operator with nothing in it for customers to fill in. */
function isOperatorsChoice({ platform }: Pick<Deps, 'platform'>, provider: Provider, name: string): boolean {
  const isOwn = provider.hasOwnHosts === true && provider.endpoints[name]?.includes('{') === false;
  return isOwn || platform.isOverridden(provider, name);
}
