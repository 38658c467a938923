import type { ConnectMethod, JsonSchema, Provider } from '../providers/provider.ts';
import type { Found } from './fault.ts';
import { propertiesOf } from './schema_walk.ts';

const BASE = /^(https?):\/\/([^/?#\s@]+)(\/[^?#\s]*[^/?#\s])?$/;
const PLACE = /\{(\w*)\}/g;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/;
/** A domain that somebody can own: at least two labels. */
const OWN_DOMAIN = /^\.(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?$/i;

/** Where the provider's calls go, and which of the hosts may be sent the credential. */
export function endpointFaults(provider: Provider): Found[] {
  const { endpoints, credentialEndpoints } = provider;
  const settings = settingsOf(provider.connect);
  const found = Object.entries(endpoints).flatMap(([name, url]) =>
    problemsOf(url, settings).map(message => ({ path: ['endpoints', name], message })),
  );
  for (const [index, name] of credentialEndpoints.entries()) {
    if (Object.hasOwn(endpoints, name)) continue;
    const message = `there is no endpoint ${name}; there are ${Object.keys(endpoints).join(', ')}`;
    found.push({ path: ['credentialEndpoints', String(index)], message });
  }
  return found;
}

function problemsOf(url: string, settings: ReadonlyMap<string, readonly JsonSchema[]>): string[] {
  const [, scheme, host = ''] = BASE.exec(url) ?? [];
  const hasPlace = host.includes('{');
  if (scheme === undefined || !URL.canParse(url.replaceAll(PLACE, 'x'))) {
    return ['must be a base URL without a query and without a slash at its end'];
  }
  if (scheme === 'http' && !LOOPBACK.test(host)) return ['must begin with https://; plain http goes to loopback only'];
  if (!hasPlace) return [];
  const places = [...host.matchAll(PLACE)].map(([, name = '']) => name);
  const unknown = places.filter(name => !settings.has(name));
  if (unknown.length > 0) return unknown.map(name => `{${name}} is no setting of any way to connect`);
  return isOwned(host, places, settings)
    ? []
    : ['what follows the last {setting} must be the vendor’s own domain, such as .vendor.com, or the setting a choice'];
}

/** Whether a setting can only lead to hosts of the vendor's, or is the whole host, which is looked at at each call. */
function isOwned(
  host: string,
  places: readonly string[],
  settings: ReadonlyMap<string, readonly JsonSchema[]>,
): boolean {
  const isWhole = places.length === 1 && host === `{${places[0]}}`;
  const isChosen = places.every(name => settings.get(name)?.every(({ enum: choices }) => Array.isArray(choices)));
  return isWhole || isChosen || OWN_DOMAIN.test(host.slice(host.lastIndexOf('}') + 1));
}

/** The settings by name, in each form that asks for them. */
function settingsOf(methods: readonly ConnectMethod[]): ReadonlyMap<string, readonly JsonSchema[]> {
  const forms = methods.flatMap(method =>
    'schema' in method ? [method.schema] : 'settings' in method && method.settings ? [method.settings] : [],
  );
  const fields = forms.flatMap(form => Object.entries(propertiesOf(form))).filter(([, field]) => !field.writeOnly);
  const byName = Map.groupBy(fields, ([name]) => name);
  return new Map([...byName].map(([name, all]) => [name, all.map(([, field]) => field)]));
}
