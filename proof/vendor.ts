import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkFetch } from '../src/outbound.ts';
import { type AuthorizationServer, startAuthorizationServer } from './authorization_server.ts';

/** A use of a refresh token, as the vendor saw it. */
export type Refresh = {
  readonly provider: string;
  readonly refreshToken: string;
  readonly startMs: number;
  /** Of the answer; 0 until there is one. */
  status: number;
};

/** Vendor-side events that a proof may hold up: each resolves when the vendor may go on. */
export type Hold = {
  /** The request has come, nothing was done. */
  readonly before?: (refresh: Refresh) => Promise<void>;
  /** The token is spent and the answer stands. */
  readonly after?: (refresh: Refresh) => Promise<void>;
  /** Answers in place of the vendor. */
  readonly instead?: (
    refresh: Refresh,
  ) => { status: number; body: string; headers?: Record<string, string> } | undefined;
};

/** The outside world: a strict OAuth server behind the addresses that our providers know. */
export type Vendor = {
  readonly server: AuthorizationServer;
  /** The `providers` of a platform file. */
  readonly settings: Readonly<Record<string, { endpoints: Record<string, string>; app: Record<string, string> }>>;
  readonly refreshes: readonly Refresh[];
  /** Every token answer so far: what it held is secret. */
  readonly issued: readonly string[];
  hold: Hold;
  close(): Promise<void>;
};

const routes: Readonly<Record<string, 'AUTHORIZE' | 'TOKEN' | 'REVOKE' | 'SITES' | 'USER'>> = {
  authorize: 'AUTHORIZE',
  'o/oauth2/v2/auth': 'AUTHORIZE',
  'oauth/token': 'TOKEN',
  token: 'TOKEN',
  revoke: 'REVOKE',
  'oauth/token/accessible-resources': 'SITES',
  'v1/userinfo': 'USER',
};

const jira = { clientId: 'jira-app', clientSecret: 'jira-app-secret-4b1d7c9e02f6', isRotating: true };
const google = { clientId: 'google-app', clientSecret: 'google-app-secret-8a3f5d7b91c2', isRotating: false };

export async function startVendor(): Promise<Vendor> {
  const refreshes: Refresh[] = [];
  const issued: string[] = [];
  const front = createServer((req, res) => {
    answer(req, res).catch((error: unknown) => res.destroy(error as Error));
  });
  await new Promise<void>(resolve => front.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  const server = await startAuthorizationServer(url, [jira, google]);

  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { pathname, search } = new URL(req.url ?? '/', url);
    const [provider = '', ...path] = pathname.slice(1).split('/');
    const route = routes[path.join('/')];
    const json = (status: number, body: unknown): void => {
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (route === 'AUTHORIZE') {
      res.writeHead(302, { location: `${server.url}/auth${search}` }).end();
    } else if (route === 'TOKEN') {
      await token(provider, await read(req), res);
    } else if (route === 'REVOKE') {
      const { token: grant = '', ...client } = Object.fromEntries(new URLSearchParams(await read(req)));
      const form = { token: grant, client_id: google.clientId, client_secret: google.clientSecret, ...client };
      const revoked = await networkFetch(`${server.url}/token/revocation`, {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      res.writeHead(revoked.status).end();
    } else {
      const account = await server.accountOf((req.headers.authorization ?? '').replace(/^Bearer /, ''));
      if (account === undefined) return json(401, { message: 'Unauthorized' });
      const site = { id: account, name: 'proof', url: 'https://proof.atlassian.net', scopes: ['read:jira-work'] };
      if (route === 'SITES') json(200, [site]);
      else if (route === 'USER') json(200, { sub: account, email: 'proof@example.com' });
      else json(404, {});
    }
  };

  const token = async (provider: string, body: string, res: ServerResponse): Promise<void> => {
    const form = new URLSearchParams(body);
    if (form.has('assertion')) {
      // A service account's: the server behind knows no such grant, and no proof asks how it is checked.
      const minted = JSON.stringify({ access_token: `minted-${randomUUID()}`, token_type: 'Bearer', expires_in: 3600 });
      issued.push(minted);
      res.writeHead(200, { 'content-type': 'application/json' }).end(minted);
      return;
    }
    const refreshToken = form.get('refresh_token') ?? undefined;
    const refresh =
      refreshToken === undefined ? undefined : { provider, refreshToken, startMs: performance.now(), status: 0 };
    if (refresh !== undefined) {
      refreshes.push(refresh);
      const { hold } = vendor;
      const faked = hold.instead?.(refresh);
      if (faked !== undefined) {
        refresh.status = faked.status;
        res.writeHead(faked.status, { 'content-type': 'application/json', ...faked.headers }).end(faked.body);
        return;
      }
      await hold.before?.(refresh);
    }
    const result = await networkFetch(`${server.url}/token`, { method: 'POST', body: form });
    const text = await result.text();
    issued.push(text);
    if (refresh !== undefined) {
      refresh.status = result.status;
      await vendor.hold.after?.(refresh);
    }
    res.writeHead(result.status, { 'content-type': 'application/json' }).end(text);
  };

  const at = (provider: string) => `${url}/${provider}`;
  const appOf = ({ clientId, clientSecret }: typeof jira) => ({ client_id: clientId, client_secret: clientSecret });
  const vendor: Vendor = {
    server,
    settings: {
      jira: { endpoints: { auth: at('jira'), api: at('jira') }, app: appOf(jira) },
      google_sheets: {
        endpoints: {
          accounts: at('google_sheets'),
          oauth: at('google_sheets'),
          userinfo: at('google_sheets'),
          drive: at('google_sheets'),
          sheets: at('google_sheets'),
        },
        app: appOf(google),
      },
    },
    refreshes,
    issued,
    hold: {},
    async close() {
      await server.close();
      await new Promise<void>(resolve => {
        front.close(() => resolve());
        front.closeAllConnections();
      });
    },
  };
  return vendor;
}

async function read(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
