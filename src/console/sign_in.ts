import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { TokenRefused } from '../rpc/token.ts';
import { type Cookie, readCookie, setCookie } from './cookie.ts';
import { type Flow, type SignInIssuer, SubjectMismatch } from './issuer.ts';
import { type Seal, SealedTooLarge } from './seal.ts';
import { sealSession } from './session.ts';

export const callbackPath = '/console/callback';
const flowLifetimeMs = 10 * 60 * 1_000;
const purpose = 'sign-in';
/** Lax: it must come along when the issuer sends the browser back. */
const flowCookie: Cookie = { name: 'sign_in', sameSite: 'Lax', maxAgeSeconds: flowLifetimeMs / 1_000 };

/** Why nobody was signed in, as the page is told. */
export type SignInProblem = 'denied' | 'too_late' | 'not_for_us' | 'too_large' | 'issuer';

export type SignIn = {
  readonly issuer: SignInIssuer;
  readonly seal: Seal;
  readonly now: () => Date;
  readonly publicUrl: () => string;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Sent with every answer. */
  readonly headers: Readonly<Record<string, string>>;
};

const redirect = (
  { headers }: SignIn,
  res: ServerResponse,
  location: string,
  cookies: readonly string[] = [],
): void => {
  res.writeHead(302, { ...headers, 'cache-control': 'no-store', location, 'set-cookie': [...cookies] }).end();
};

const isHttps = ({ publicUrl }: SignIn): boolean => publicUrl().startsWith('https:');

/** Sends the browser to the issuer. `to` is where the page goes on afterwards. */
export async function beginSignIn(parts: SignIn, req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> {
  const base = parts.publicUrl();
  // Cookies are by host name: who opened us by another name goes on under the one the issuer knows. Once: behind a proxy
  // the name in the request may be another for good.
  if (req.headers.host !== new URL(base).host && !url.searchParams.has('named')) {
    url.searchParams.set('named', '1');
    redirect(parts, res, `${base}/console/sign-in${url.search}`);
    return;
  }
  try {
    const { location, flow } = await parts.issuer.begin(`${base}${callbackPath}`);
    const expireTime = new Date(parts.now().getTime() + flowLifetimeMs);
    const sealed = await parts.seal.seal(purpose, { ...flow, to: pagePath(url.searchParams.get('to')) }, expireTime);
    redirect(parts, res, location, [setCookie(flowCookie, sealed, isHttps(parts))]);
  } catch (error) {
    fail(parts, res, error);
  }
}

/** The issuer's answer: the session's cookie is set, and the page goes on where it was. */
export async function finishSignIn(
  parts: SignIn,
  sessionCookie: Cookie,
  req: IncomingMessage,
  res: ServerResponse,
  url: URL,
): Promise<void> {
  const text = readCookie(req.headers.cookie, flowCookie.name, isHttps(parts));
  const flow = text === undefined ? undefined : await parts.seal.open(purpose, text);
  if (flow === undefined) {
    problem(parts, res, 'too_late');
    return;
  }
  try {
    const callback = new URL(`${parts.publicUrl()}${callbackPath}${url.search}`);
    const session = await parts.issuer.finish(callback, flow as unknown as Flow);
    const sealed = await sealSession(parts.seal, session);
    const maxAgeSeconds = (session.expireTime.getTime() - parts.now().getTime()) / 1_000;
    parts.log.info({ caller: session.caller.identity }, 'signed in to the console');
    redirect(parts, res, pagePath(flow.to), [
      setCookie({ ...sessionCookie, maxAgeSeconds }, sealed, isHttps(parts)),
      setCookie(flowCookie, '', isHttps(parts)),
    ]);
  } catch (error) {
    fail(parts, res, error);
  }
}

function fail(parts: SignIn, res: ServerResponse, error: unknown): void {
  const code = (error as { error?: unknown }).error;
  if (error instanceof TokenRefused || error instanceof SubjectMismatch) problem(parts, res, 'not_for_us', error);
  else if (error instanceof SealedTooLarge) problem(parts, res, 'too_large', error);
  else if (code === 'access_denied') problem(parts, res, 'denied');
  else problem(parts, res, 'issuer', error);
}

function problem(parts: SignIn, res: ServerResponse, what: SignInProblem, err?: unknown): void {
  if (err !== undefined) parts.log.warn({ err, problem: what }, 'nobody was signed in to the console');
  redirect(parts, res, `/console/?sign_in=${what}`, [setCookie(flowCookie, '', isHttps(parts))]);
}

/** A path of the page, whatever was asked for: nobody is sent elsewhere. */
function pagePath(to: unknown): string {
  if (typeof to !== 'string' || to.length > 1_024 || !URL.canParse(to, 'http://page')) return '/console/';
  const { pathname, search } = new URL(to, 'http://page');
  return pathname.startsWith('/console/') ? `${pathname}${search}` : '/console/';
}
