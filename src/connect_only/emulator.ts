import type { EmulatedAccount, Emulator } from '../providers/emulator.ts';
import { departures } from './departures.ts';
import type { ConnectOnlyEntry } from './entry.ts';
import table from './table.json' with { type: 'json' };

const REFUSALS = { unauthenticated: 401, forbidden: 403, not_found: 404, invalid: 400 } as const;
const SUBDOMAIN = 'acme';

/**
 * A vendor of the table as the sandbox plays it: the standard's code flow and what the table and the departures say of it, held to
 * the letter; every scope and every other address is unknown to it. Who signed in is told at the profile's address alone.
 */
export function connectOnlyEmulator(id: string): Emulator {
  const entry: ConnectOnlyEntry = (table as Readonly<Record<string, ConnectOnlyEntry>>)[id]!;
  const { profile, client = 'body', pkce, authorizeParams, tokenParams } = departures[id] ?? {};
  const { method = 'GET', query = {} } = profile ?? {};
  const hasSubdomain = JSON.stringify(entry).includes('{subdomain}');
  const isNamed = entry.profile !== undefined && profile !== null;
  const path = pathOf(entry.profile ?? '');
  return {
    accounts: ['ada', 'grace'].map((name, index): EmulatedAccount => {
      const own = `${1_001 + index}`;
      return isNamed
        ? { name, id: hasSubdomain ? `${SUBDOMAIN}/${own}` : own, label: `${name}@example.com` }
        : { name, id: '', label: '' };
    }),
    oauth: {
      authorize: pathOf(entry.authorize) || '/',
      token: pathOf(entry.token),
      client,
      pkce: pkce ? 'REQUIRED' : 'OPTIONAL',
      scopes: [],
      refresh: 'ROTATING',
      lifeSeconds: 3_600,
      separator: entry.separator,
      ...(authorizeParams && { authorizeParams }),
      ...(tokenParams && { tokenParams }),
    },
    ...(hasSubdomain && { forms: { OAUTH2: () => ({ subdomain: SUBDOMAIN }) } }),
    refuse: refusal => ({ status: REFUSALS[refusal], body: { error: refusal } }),
    routes:
      entry.profile === undefined
        ? {}
        : {
            [`${method} ${path}`]: ({ account, query: asked }) => {
              if (Object.entries(query).some(([name, value]) => asked.get(name) !== value)) return 'invalid';
              const own = isNamed ? (account.id.split('/').at(-1) ?? '') : account.name;
              return {
                body: path.endsWith('/userinfo') ? { sub: own, email: account.label } : profileOf(own, account),
              };
            },
          },
    ...(entry.profile !== undefined && { request: { method, path: `${path}${searchOf(query)}` } }),
  };
}

/** Vendors that are no OpenID provider write numbers. */
function profileOf(own: string, { label }: EmulatedAccount): unknown {
  return { id: Number(own) || own, email: label };
}

function pathOf(url: string): string {
  return url.replace(/^https:\/\/[^/]+/, '');
}

function searchOf(query: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams(query).toString();
  return search === '' ? '' : `?${search}`;
}
