import type { Address } from '../providers/kit/address.ts';
import { form, oauthApp, settingField } from '../providers/kit/form.ts';
import { unnamedAccount } from '../providers/kit/identity_call.ts';
import { plainOAuth } from '../providers/kit/plain_oauth.ts';
import type { JsonSchema, OAuthRedirect, Provider } from '../providers/provider.ts';
import { departures } from './departures.ts';
import type { ConnectOnlyEntry } from './entry.ts';
import { logoOf } from './logo.ts';
import { identityOf } from './profile.ts';
import { words } from './words.ts';

/** PKCE is what an app says it takes: the table does not tell. */
const app = {
  schema: oauthApp('OAuth app', {
    pkce: { type: 'string', title: 'PKCE', description: 'Set it if the vendor takes a challenge.', enum: ['S256'] },
  }),
};

/** A vendor of the table as a provider: a way to connect, and nothing else. */
export function connectOnly(id: string, entry: ConnectOnlyEntry): Provider {
  const { name = `${id[0]?.toUpperCase()}${id.slice(1)}`, site = siteOf(entry.authorize) } = words[id] ?? {};
  const [web] = split('web', entry.authorize);
  const [token] = split('token', entry.token);
  const api = entry.profile === undefined ? {} : split('api', entry.profile)[0];
  return {
    id,
    support: 'CONNECT_ONLY',
    displayName: name,
    description: `Signs in to ${name}, for requests that an automation makes itself.`,
    category: 'Other',
    docsUrl: site,
    logo: logoOf(id),
    endpoints: { ...web, ...token, ...api },
    credentialEndpoints: Object.keys(api),
    app,
    connect: [oauthOf(id, entry)],
    eventTypes: [],
    actions: [],
    references: [],
  };
}

/** Whether a vendor gives a new refresh token each time is not known: each is taken for one that does. */
function oauthOf(id: string, entry: ConnectOnlyEntry): OAuthRedirect {
  const { profile, ...departure } = departures[id] ?? {};
  const settings = settingsOf(entry);
  return plainOAuth({
    authorize: split('web', entry.authorize)[1],
    token: split('token', entry.token)[1],
    scopes: { default: [], separator: entry.separator },
    client: 'body',
    pkce: false,
    refresh: 'ROTATING',
    ...departure,
    ...(settings && { settings }),
    identify:
      entry.profile === undefined || profile === null
        ? async call => ({ account: unnamedAccount(call.credential) })
        : identityOf({
            ...profile,
            at: split('api', entry.profile)[1],
            within: settings === undefined ? [] : [SUBDOMAIN],
          }),
  });
}

/** The endpoint of that name that the address lies at, and the address below it. */
function split(endpoint: string, url: string): readonly [Readonly<Record<string, string>>, Address] {
  const [origin = url] = /^https:\/\/[^/]+/.exec(url) ?? [];
  return [{ [endpoint]: origin }, { endpoint, path: url.slice(origin.length) || '/' }];
}

/** What stands before the vendor's domain, where that differs by customer. */
function settingsOf({ authorize, token, profile = '' }: ConnectOnlyEntry): JsonSchema | undefined {
  const [, domain] = /\{subdomain\}([^/]+)/.exec(`${authorize} ${token} ${profile}`) ?? [];
  if (domain === undefined) return undefined;
  const pattern = '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$';
  return form([SUBDOMAIN], {
    [SUBDOMAIN]: settingField('Subdomain', `What stands before ${domain}.`, { max: 100, pattern }),
  });
}

const SUBDOMAIN = 'subdomain';

/** The site of the domain that people sign in at: none of the table's has a public suffix of two labels. */
function siteOf(authorize: string): string {
  return `https://${new URL(authorize.replace('{subdomain}.', '')).hostname.split('.').slice(-2).join('.')}`;
}
