import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Interceptor } from '@connectrpc/connect';
import type { Config } from '../config.ts';
import type { Deps } from '../deps.ts';
import type { NodeHandler } from '../rpc/adapter.ts';
import { identify } from '../rpc/identify.ts';
import type { TokenVerifier } from '../rpc/token.ts';
import { type Cookie, readCookie, setCookie } from './cookie.ts';
import { answerFile, readPage } from './files.ts';
import { openSignInIssuer } from './issuer.ts';
import { isFromPage } from './same_origin.ts';
import { createSeal } from './seal.ts';
import { openSession, type Session } from './session.ts';
import type { ConsoleSettings } from './settings.ts';
import { beginSignIn, callbackPath, finishSignIn, type SignIn } from './sign_in.ts';

/** Strict: only our own page sends it. */
const sessionCookie: Cookie = { name: 'session', sameSite: 'Strict', maxAgeSeconds: 0 };
const rpcPath = '/console/rpc';

/** No inline script or style, nothing of another origin, in nobody's frame, and no text that becomes markup. */
const headers = {
  'content-security-policy': [
    "default-src 'none'",
    ...['script-src', 'style-src', 'img-src', 'font-src', 'connect-src'].map(each => `${each} 'self'`),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const;

export type Console = {
  /** Puts the session's caller under callerKey: for the calls of the page alone. */
  readonly identify: Interceptor;
  /** `rpc` serves the public services behind `identify`. False: the path is not the console's. */
  serve(rpc: NodeHandler): (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;
};

/** The page, its sign-in and its calls, all below `/console`. `permissions` are those of the public services. */
export function openConsole(
  deps: Deps,
  settings: ConsoleSettings,
  options: {
    readonly issuer: Config['issuer'];
    readonly verifyToken: TokenVerifier;
    readonly permissions: ReadonlySet<string>;
  },
): Console {
  const { now, publicUrl, log } = deps;
  const page = readPage();
  const seal = createSeal(settings.sessionKeys, now);
  const issuer = openSignInIssuer(settings, options.issuer, {
    fetch: deps.fetch,
    now,
    verifyToken: options.verifyToken,
  });
  const signIn: SignIn = { issuer, seal, now, publicUrl, log, headers };
  const isHttps = (): boolean => publicUrl().startsWith('https:');
  const sessionOf = (header: (name: string) => string | undefined): Promise<Session | undefined> =>
    isFromPage(header, publicUrl())
      ? openSession(seal, readCookie(header('cookie'), sessionCookie.name, isHttps()))
      : Promise.resolve(undefined);
  const sessionOfRequest = (req: IncomingMessage): Promise<Session | undefined> =>
    sessionOf(name => req.headers[name]?.toString());

  const answer = (
    res: ServerResponse,
    status: number,
    body: object | null,
    more: Record<string, string> = {},
  ): void => {
    res.writeHead(status, { ...headers, 'content-type': 'application/json', 'cache-control': 'no-store', ...more });
    res.end(JSON.stringify(body));
  };

  /** Who is signed in, and what they may do in the project asked about; null: nobody is. */
  const describe = async (req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> => {
    const session = await sessionOfRequest(req);
    if (session === undefined) {
      answer(res, 200, null);
      return;
    }
    const { caller } = session;
    const project = url.searchParams.get('project') ?? undefined;
    const holds = (permission: string): boolean => deps.access.permits(caller, permission, project);
    answer(res, 200, {
      identity: caller.identity,
      name: session.name,
      expireTime: session.expireTime.toISOString(),
      projects: deps.access.grantedProjects(caller, 'catalog.read'),
      ...(project !== undefined && { permissions: [...options.permissions].filter(holds) }),
    });
  };

  const signOut = (req: IncomingMessage, res: ServerResponse): void => {
    if (isFromPage(name => req.headers[name]?.toString(), publicUrl())) {
      answer(res, 200, {}, { 'set-cookie': setCookie(sessionCookie, '', isHttps()) });
    } else answer(res, 403, {});
  };

  return {
    identify: identify(
      'edge',
      async request => (await sessionOf(name => request.header.get(name) ?? undefined))?.caller,
    ),
    serve: rpc => async (req, res) => {
      const url = new URL(req.url ?? '/', 'http://edge');
      const { pathname } = url;
      if (pathname === '/console') {
        res.writeHead(308, { ...headers, location: `/console/${url.search}` }).end();
        return true;
      }
      if (!pathname.startsWith('/console/')) return false;
      const method = req.method === 'HEAD' ? 'GET' : req.method;
      const asked = `${method} ${pathname}`;
      if (pathname.startsWith(`${rpcPath}/`)) {
        req.url = (req.url ?? '').slice(rpcPath.length);
        for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
        res.setHeader('cache-control', 'no-store');
        rpc(req, res);
      } else if (asked === 'GET /console/sign-in') await beginSignIn(signIn, req, res, url);
      else if (asked === `GET ${callbackPath}`) await finishSignIn(signIn, sessionCookie, req, res, url);
      else if (asked === 'GET /console/session') await describe(req, res, url);
      else if (asked === 'POST /console/sign-out') signOut(req, res);
      else if (method !== 'GET') answer(res, 405, {}, { allow: 'GET' });
      else {
        const path = pathname.slice('/console/'.length);
        // Every other path is a place in the page.
        const found = page.get(path) ?? (path.startsWith('assets/') ? undefined : page.get('index.html'));
        if (found === undefined) answer(res, 404, {});
        else answerFile(req, res, found, headers);
      }
      return true;
    },
  };
}
