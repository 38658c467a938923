/** Vendors of grant's table that are providers of their own here, under other names. */
const own: Readonly<Record<string, string>> = {
  atlassian: 'jira and confluence',
  google: 'gmail, google_drive, google_sheets and google_calendar',
  live: 'outlook, microsoft_teams and onedrive_excel',
  microsoft: 'outlook, microsoft_teams and onedrive_excel',
};

const HOST = 'Stands at hosts of the customers’ own, which must not be sent the client’s secret of the platform’s app.';
const QUERY = 'Takes the token in the query; what is handed out is headers.';

/**
 * What the standard's code flow with the platform's app and a bearer header cannot connect, as grant's table, lib/flow/oauth2.js and
 * lib/profile.js have it.
 */
const departures: Readonly<Record<string, string>> = {
  apple: 'The client proves itself by a token that it signs.',
  authentik: HOST,
  baidu: QUERY,
  cas: HOST,
  cognito: HOST,
  concur: 'The token endpoint reads the query and takes no form.',
  deezer: QUERY,
  foursquare: QUERY,
  freelancer: 'Scopes are asked for under another name.',
  fusionauth: HOST,
  instagram: 'The client is named in other words, by kind of app.',
  keycloak: HOST,
  logingov: 'The addresses are of a test system, where the client proves itself by a token that it signs.',
  mastodon: HOST,
  mixcloud: QUERY,
  optimizely: 'Scopes are asked for under another name.',
  qq: 'The token endpoint is asked by GET, and the token goes into the query.',
  smartsheet: 'The client proves itself by a hash of its secret and the code.',
  socrata: HOST,
  soundcloud: QUERY,
  stackexchange: QUERY,
  stocktwits: QUERY,
  surveymonkey: 'The token endpoint wants a key in the query.',
  tiktok: 'The client is named in other words.',
  untappd: 'The token endpoint is asked by GET.',
  visualstudio: 'The code is traded as an assertion, with no client in it.',
  vk: QUERY,
  wechat: 'The client is named in other words, and the token goes into the query.',
  weibo: QUERY,
  withings: 'The token answer lies in an envelope, and a refresh wants words of its own.',
};

/** Names of grant's that are no connect-only provider, and why. OAuth 1 is left out as a whole: see `grant.ts`. */
export const leftOut: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(own).map(([name, by]) => [name, `Covered by ${by}.`])),
  ...departures,
};
