import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sandbox } from '../src/sandbox/start.ts';

export interface Json {
  [name: string]: Json;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Json;
}

/** A stand-in for the service's edge: answers everything and remembers what reached it. */
export interface Edge {
  url: string;
  received: { path: string; headers: Record<string, string>; body: string }[];
  close(): Promise<void>;
}

export async function openEdge(): Promise<Edge> {
  const received: Edge['received'] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    received.push({ path: request.url ?? '', headers, body: Buffer.concat(chunks).toString('utf8') });
    response.end('seen');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as Json) : {};
  return { status: response.status, headers: response.headers, text, json };
}

export const get = (url: string, token: string): Promise<Answer> =>
  call(url, { headers: { authorization: `Bearer ${token}` } });

export const form = (
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> => call(url, { method: 'POST', body: new URLSearchParams(fields), headers });

/** One vendor's OAuth client and addresses, as a service would be configured with them. */
export interface Flow {
  authorizeUrl: string;
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  params: Record<string, string>;
}

/** A plain `fetch` client of the sandbox: no code of the service is involved. */
export interface Visitor {
  flow(provider: string): Flow;
  /** Follows the authorize redirect to the edge and returns the query that arrived there. */
  consent(provider: string, flow?: Flow, challenge?: string): Promise<URLSearchParams>;
  redeem(flow: Flow, provider: string, code: string, verifier?: string): Promise<Answer>;
  /** The whole code flow with PKCE. */
  connect(provider: string): Promise<{ access: string; refresh: string; answer: Answer }>;
  renew(provider: string, refresh: string): Promise<Answer>;
  /** One authorized read; `ok` tells whether the vendor accepted the token. */
  read(provider: string, token: string): Promise<{ status: number; ok: boolean; body: Json }>;
  graphql(authorization: string, query: string): Promise<Answer>;
}

export function newPkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export function openVisitor({ endpoints: e, seeds: s }: Sandbox, edge: Edge): Visitor {
  const google = 'https://www.googleapis.com/auth';
  const flows: Record<string, Flow> = {
    slack: {
      authorizeUrl: `${e.slack.web}/oauth/v2/authorize`,
      tokenUrl: `${e.slack.api}/oauth.v2.access`,
      params: { scope: 'chat:write,channels:read' },
      ...s.slack,
    },
    github: {
      authorizeUrl: `${e.github.web}/login/oauth/authorize`,
      tokenUrl: `${e.github.web}/login/oauth/access_token`,
      params: { scope: 'repo' },
      ...s.github,
    },
    linear: {
      authorizeUrl: `${e.linear.web}/oauth/authorize`,
      tokenUrl: `${e.linear.api}/oauth/token`,
      params: { scope: 'read,write' },
      ...s.linear,
    },
    google_sheets: {
      authorizeUrl: `${e.google_sheets.accounts}/o/oauth2/v2/auth`,
      tokenUrl: `${e.google_sheets.oauth}/token`,
      params: {
        scope: `openid email ${google}/spreadsheets ${google}/drive.metadata.readonly`,
        access_type: 'offline',
        prompt: 'consent',
      },
      ...s.google_sheets,
    },
    jira: {
      authorizeUrl: `${e.jira.auth}/authorize`,
      tokenUrl: `${e.jira.auth}/oauth/token`,
      params: { scope: 'read:jira-work read:jira-user offline_access', audience: 'api.atlassian.com' },
      ...s.jira,
    },
  };
  const flow = (provider: string): Flow => flows[provider]!;
  const callback = (provider: string): string => `${edge.url}/v1/provider/${provider}/callback`;

  const graphql = (authorization: string, query: string): Promise<Answer> =>
    call(`${e.linear.api}/graphql`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });

  const reads: Record<string, (token: string) => Promise<Answer>> = {
    slack: token => get(`${e.slack.api}/auth.test`, token),
    github: token => get(`${e.github.api}/user`, token),
    linear: token => graphql(`Bearer ${token}`, '{ organization { id name } }'),
    google_sheets: token => get(`${e.google_sheets.userinfo}/v1/userinfo`, token),
    jira: token => get(`${e.jira.api}/oauth/token/accessible-resources`, token),
    openai: token => get(`${e.openai.api}/v1/models`, token),
  };

  const consent: Visitor['consent'] = async (
    provider,
    { authorizeUrl, params, clientId } = flow(provider),
    challenge,
  ) => {
    const url = new URL(authorizeUrl);
    const common = { client_id: clientId, redirect_uri: callback(provider), response_type: 'code', state: 'st-1' };
    url.search = new URLSearchParams({ ...params, ...common }).toString();
    if (challenge !== undefined) {
      url.searchParams.set('code_challenge', challenge);
      url.searchParams.set('code_challenge_method', 'S256');
    }
    const page = await call(url.href);
    if (page.text !== 'seen') throw new Error(`the redirect did not reach the edge: ${page.status} ${page.text}`);
    return new URL(edge.received.at(-1)!.path, edge.url).searchParams;
  };

  const redeem: Visitor['redeem'] = ({ tokenUrl, clientId, clientSecret }, provider, code, verifier) => {
    const client = { client_id: clientId, client_secret: clientSecret };
    const fields = { grant_type: 'authorization_code', code, redirect_uri: callback(provider), ...client };
    return form(tokenUrl, { ...fields, ...(verifier && { code_verifier: verifier }) }, { accept: 'application/json' });
  };

  return {
    flow,
    consent,
    redeem,
    graphql,
    async connect(provider) {
      const { verifier, challenge } = newPkce();
      const back = await consent(provider, flow(provider), challenge);
      const answer = await redeem(flow(provider), provider, back.get('code')!, verifier);
      return { answer, access: String(answer.json.access_token), refresh: String(answer.json.refresh_token) };
    },
    renew(provider, refresh) {
      const { tokenUrl, clientId, clientSecret } = flow(provider);
      const client = { client_id: clientId, client_secret: clientSecret };
      const fields = { grant_type: 'refresh_token', refresh_token: refresh, ...client };
      return form(tokenUrl, fields, { accept: 'application/json' });
    },
    async read(provider, token) {
      const { status, json } = await reads[provider]!(token);
      return { status, ok: status === 200 && (json.ok as unknown) !== false, body: json };
    },
  };
}
