import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Issuer } from './issuer.ts';

/** Somebody to sign in as, with one click. */
export type Person = { readonly subject: string; readonly name: string; readonly about: string };

export type SignInPages = {
  readonly url: string;
  /** Answers from now on. `projects` go into every token. */
  serve(issuer: Issuer, people: readonly Person[], projects: readonly string[]): void;
  /** Where the browser may be sent back to; nowhere before this. */
  allow(redirectUri: string): void;
  stop(): Promise<void>;
};

type Asked = {
  readonly subject: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly nonce: string;
  readonly challenge: string;
};

const codeLifetimeMs = 60_000;
const tokenLifetimeSeconds = 8 * 60 * 60;
export const consoleClientId = 'mobius-console';

/** The OpenID provider of development, on loopback: the code flow with PKCE, and no passwords. Keeps its port over restarts. */
export async function openSignInPages(dir: string, now: () => Date): Promise<SignInPages> {
  mkdirSync(dir, { recursive: true });
  const portFile = join(dir, 'issuer.port');
  const codes = new Map<string, Asked & { readonly endMs: number }>();
  const allowed = new Set<string>();
  let serving: { issuer: Issuer; people: readonly Person[]; projects: readonly string[] } | undefined;

  const server = createServer((req, res) => {
    answer(req, res).catch(() => res.writeHead(500).end());
  });
  const before = existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0;
  const port = (await listenOn(server, before)) ?? (await listenOn(server, 0)) ?? 0;
  writeFileSync(portFile, String(port));
  const url = `http://127.0.0.1:${port}`;

  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const asked = new URL(req.url ?? '/', url);
    if (serving === undefined) return text(res, 503, 'not ready');
    const { issuer, people, projects } = serving;
    if (asked.pathname === '/.well-known/openid-configuration') return json(res, 200, metadata(url));
    if (asked.pathname === '/jwks') return json(res, 200, JSON.parse(readFileSync(issuer.jwks, 'utf8')));
    if (asked.pathname === '/authorize') return authorize(res, asked.searchParams, people);
    if (asked.pathname === '/token' && req.method === 'POST') return token(req, res, issuer, people, projects);
    text(res, 404, 'not found');
  };

  /** Shows the people; with `as` named, the click was made and the browser goes back with a code. */
  const authorize = (res: ServerResponse, query: URLSearchParams, people: readonly Person[]): void => {
    const [redirectUri, clientId, challenge] = ['redirect_uri', 'client_id', 'code_challenge'].map(
      n => query.get(n) ?? '',
    );
    if (clientId !== consoleClientId || !allowed.has(redirectUri ?? '')) {
      text(res, 400, 'no client of ours');
      return;
    }
    if (query.get('response_type') !== 'code' || query.get('code_challenge_method') !== 'S256' || !challenge) {
      text(res, 400, 'only the code flow with PKCE');
      return;
    }
    const person = people.find(each => each.subject === query.get('as'));
    if (person === undefined) {
      res.writeHead(200, pageHeaders).end(peoplePage(people, query));
      return;
    }
    const code = randomBytes(24).toString('base64url');
    const endMs = now().getTime() + codeLifetimeMs;
    const nonce = query.get('nonce') ?? '';
    codes.set(code, { subject: person.subject, clientId, redirectUri: redirectUri ?? '', nonce, challenge, endMs });
    const back = new URL(redirectUri ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    back.searchParams.set('iss', url);
    res.writeHead(302, { location: back.href, 'cache-control': 'no-store' }).end();
  };

  const token = async (
    req: IncomingMessage,
    res: ServerResponse,
    issuer: Issuer,
    people: readonly Person[],
    projects: readonly string[],
  ): Promise<void> => {
    const form = new URLSearchParams(await readBody(req));
    const code = form.get('code') ?? '';
    const asked = codes.get(code);
    codes.delete(code);
    const isGood =
      asked !== undefined &&
      asked.endMs > now().getTime() &&
      form.get('grant_type') === 'authorization_code' &&
      form.get('client_id') === asked.clientId &&
      form.get('redirect_uri') === asked.redirectUri &&
      isVerifier(form.get('code_verifier') ?? '', asked.challenge);
    if (!isGood) return json(res, 400, { error: 'invalid_grant' });
    const { subject, clientId, nonce } = asked;
    const name = people.find(each => each.subject === subject)?.name ?? subject;
    const lifetimeSeconds = tokenLifetimeSeconds;
    json(res, 200, {
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      access_token: await issuer.issueToken({ subject, projects, lifetimeSeconds }),
      id_token: await issuer.issueToken({ subject, projects: [], audience: clientId, claims: { nonce, name } }),
    });
  };

  return {
    url,
    serve: (issuer, people, projects) => {
      serving = { issuer, people, projects };
    },
    allow: redirectUri => void allowed.add(redirectUri),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Undefined: the port is taken. */
async function listenOn(server: Server, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    };
    server.once('error', refuse);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', refuse);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function isVerifier(verifier: string, challenge: string): boolean {
  const found = createHash('sha256').update(verifier).digest();
  const wanted = Buffer.from(challenge, 'base64url');
  return wanted.length === found.length && timingSafeEqual(found, wanted);
}

async function readBody(req: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of req.setEncoding('utf8')) {
    body += chunk;
    if (body.length > 16_384) throw new Error('too long');
  }
  return body;
}

const metadata = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  grant_types_supported: ['authorization_code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: ['none'],
  authorization_response_iss_parameter_supported: true,
});

function json(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
}

function text(res: ServerResponse, status: number, body: string): void {
  res.writeHead(status, { 'content-type': 'text/plain' }).end(body);
}

const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
} as const;

const style = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:22rem;margin:18vh auto;padding:0 1rem}
h1{font-size:1.25rem;margin:0}p{margin:.25rem 0 1.5rem}a{display:block;padding:.75rem 1rem;margin:.5rem 0;border:1px solid
light-dark(#8c8c96,#77777f);border-radius:8px;color:inherit;text-decoration:none}a:hover,a:focus-visible{border-color:light-dark(#4338ca,#a5b4fc)}
b{display:block;font-weight:600}`;

function peoplePage(people: readonly Person[], query: URLSearchParams): string {
  const links = people.map(({ subject, name, about }) => {
    const target = new URLSearchParams(query);
    target.set('as', subject);
    return `<a href="/authorize?${escapeHtml(target.toString())}"><b>${escapeHtml(name)}</b>${escapeHtml(about)}</a>`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in</title>
<style>${style}</style><main><h1>Sign in as</h1><p>The issuer of development asks for no password.</p>${links.join('')}</main></html>
`;
}

function escapeHtml(value: string): string {
  return value.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
}
