import type { IdentityCall } from '../providers/kit/identity_call.ts';
import type { PlainOAuth } from '../providers/kit/plain_oauth.ts';

/** How a vendor departs from what goes for all: a bearer token for a code, the client in the form, PKCE where the app says so. */
export type Departure = Partial<Pick<PlainOAuth, 'client' | 'pkce' | 'authorizeParams' | 'tokenParams'>> & {
  /** How the profile is asked. `null`: not at all, as it wants more than the token. */
  readonly profile?: Pick<IdentityCall, 'method' | 'query'> | null;
};

const webServer = { authorizeParams: { type: 'web_server' }, tokenParams: { type: 'web_server' } };

/** Source: lib/flow/oauth2.js and lib/profile.js of grant 5.4.24. */
export const departures: Readonly<Record<string, Departure>> = {
  arcgis: { profile: { query: { f: 'json' } } },
  autodesk: { client: 'basic' },
  basecamp: webServer,
  constantcontact: { profile: null },
  disqus: { profile: null },
  dropbox: { profile: { method: 'POST' } },
  ebay: { client: 'basic' },
  echosign: { profile: null },
  fitbit: { client: 'basic' },
  homeaway: { client: 'basic' },
  hootsuite: { client: 'basic' },
  mailchimp: { profile: null },
  meetup: { profile: { query: { member_id: 'self' } } },
  reddit: { client: 'basic' },
  trustpilot: { client: 'basic' },
  twitch: { profile: null },
  twitter: { client: 'basic', pkce: true },
};
