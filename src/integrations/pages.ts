import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { finishRedirect, openLink } from './callback.ts';

const PATH = /^\/v1\/provider\/([a-z0-9_]{1,64})\/(?:(callback)|connect\/([A-Za-z0-9._-]{1,512}))$/;

/** The browser's two stops at the edge: the connect link and the vendor's callback. False: the path is not theirs. */
export function serveConnectPages(deps: Deps): (req: IncomingMessage, res: ServerResponse) => Promise<boolean> {
  return async (req, res) => {
    const url = new URL(req.url ?? '/', 'http://edge');
    const match = PATH.exec(url.pathname);
    if (match === null) return false;
    const [, provider = '', isCallback, ticket = ''] = match;
    if (req.method !== 'GET') {
      answerPage(res, 405, 'This address is opened in a browser.', { allow: 'GET' });
      return true;
    }
    try {
      if (isCallback) await callback(deps, req, res, provider, url.searchParams);
      else await link(deps, res, provider, ticket);
    } catch (error) {
      const known = error instanceof IntegrationError ? error.reason : 'INTERNAL';
      if (known === 'INTERNAL') deps.log.error({ err: error, provider }, 'connect page failed');
      answerPage(res, known === 'INTERNAL' ? 500 : 400, messageOf(known), {});
    }
    return true;
  };
}

async function link(deps: Deps, res: ServerResponse, provider: string, ticket: string): Promise<void> {
  const opened = await openLink(deps.store.em.fork(), deps, provider, ticket);
  const secure = deps.publicUrl().startsWith('https:') ? '; Secure' : '';
  const cookie = `${cookieName(opened.session)}=${opened.nonce}; Path=/v1/provider/${provider}/callback; HttpOnly; SameSite=Lax; Max-Age=600${secure}`;
  res.writeHead(302, { ...SAFE_HEADERS, location: opened.location, 'set-cookie': cookie });
  res.end();
}

async function callback(
  deps: Deps,
  req: IncomingMessage,
  res: ServerResponse,
  provider: string,
  query: URLSearchParams,
): Promise<void> {
  const nonceOf = (session: string): string | undefined => readCookie(req.headers.cookie, cookieName(session));
  const outcome = await finishRedirect(deps.store.em.fork(), deps, provider, query, nonceOf);
  const { session } = outcome;
  const spent = `${cookieName(session.id)}=; Path=/v1/provider/${provider}/callback; HttpOnly; SameSite=Lax; Max-Age=0`;
  const failed = 'failure' in outcome;
  if (session.returnUrl) {
    const target = new URL(session.returnUrl);
    target.searchParams.set('connect_session', session.id);
    target.searchParams.set('connect_status', failed ? 'failed' : 'completed');
    if (failed) target.searchParams.set('connect_error', outcome.failure.reason);
    res.writeHead(302, { ...SAFE_HEADERS, location: target.href, 'set-cookie': spent });
    res.end();
    return;
  }
  const message = failed
    ? messageOf(outcome.failure.reason)
    : `Connected as ${outcome.integration.accountLabel}. You can close this window.`;
  answerPage(res, failed ? 400 : 200, message, { 'set-cookie': spent });
}

const SAFE_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
} as const;

function answerPage(res: ServerResponse, status: number, message: string, headers: Record<string, string>): void {
  res.writeHead(status, { ...SAFE_HEADERS, 'content-type': 'text/html; charset=utf-8', ...headers });
  res.end(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Mobius</title>
<style>body{font:1rem/1.5 system-ui;max-width:32rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}</style>
<h1>${status < 400 ? 'Connected' : 'Not connected'}</h1><p>${escapeHtml(message)}</p></html>
`);
}

function messageOf(reason: string): string {
  switch (reason) {
    case 'SESSION_NOT_FOUND':
      return 'This link is not one of ours, or it was opened in another browser. Start again from the application.';
    case 'SESSION_EXPIRED':
      return 'This link was used already or is too old. Start again from the application.';
    case 'CONSENT_DENIED':
      return 'The provider says that access was not granted. Nothing was stored.';
    case 'ACCOUNT_MISMATCH':
      return 'This is another account than before. Nothing was changed.';
    case 'CREDENTIAL_REFUSED':
      return 'The provider refused the grant. Nothing was stored.';
    case 'PROVIDER_UNAVAILABLE':
    case 'PROVIDER_ANSWER_INVALID':
      return 'The provider did not answer as expected. Nothing was stored; try again later.';
    default:
      return 'The connection could not be made. Nothing was stored.';
  }
}

function cookieName(session: string): string {
  return `mobius_${session}`;
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';').slice(0, 100)) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
}
