import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { typeid } from 'typeid-js';
import type { NewClient } from '../credentials/register_client.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import type { AppInstall, DiscoveredRedirect, OAuthRedirect, OpenCredential } from '../providers/provider.ts';
import { announce } from '../store/changes.ts';
import { type ConnectSession, ConnectSessionEntity, type ConnectWish } from './entity.ts';

export type RedirectMethod = OAuthRedirect | DiscoveredRedirect | AppInstall;

const SESSION_MS = 600_000;
const DAY_MS = 86_400_000;

export async function beginSession(
  em: EntityManager,
  deps: Deps,
  request: {
    readonly project: string;
    readonly provider: string;
    readonly method: RedirectMethod;
    readonly integrationId: string | undefined;
    readonly wish: ConnectWish;
    readonly scopes: readonly string[];
    readonly returnUrl: string | undefined;
    /** Registered for this session, where the authorization server is the customer's. */
    readonly client: NewClient | undefined;
    readonly caller: string;
  },
): Promise<ConnectSession> {
  const { method, client } = request;
  const defaults = method.mode === 'OAUTH_REDIRECT' ? method.scopes.default : [];
  const usual = defaults.length > 0 ? defaults : (client?.scopes ?? []);
  const now = deps.now();
  const session = em.create(ConnectSessionEntity, {
    project: request.project,
    id: typeid('csns').toString(),
    provider: request.provider,
    authKind: method.authKind,
    status: 'PENDING',
    integrationId: request.integrationId ?? null,
    wish: request.wish,
    scopes: request.scopes.length > 0 ? [...request.scopes] : [...usual],
    returnUrl: request.returnUrl ?? null,
    createdBy: request.caller,
    createTime: now,
    expireTime: new Date(now.getTime() + SESSION_MS),
  });
  if (client !== undefined) session.sealedClient = await deps.vault.seal(clientPlace(session), client.secrets);
  em.persist(session);
  await em.flush();
  return session;
}

/** The secrets of the client that was registered for the session; none where the operator's app serves. */
export async function openClient(deps: Deps, session: ConnectSession): Promise<OpenCredential['secrets']> {
  return session.sealedClient ? await deps.vault.open(clientPlace(session), session.sealedClient) : {};
}

function clientPlace({ project, id }: ConnectSession) {
  return { project, integrationId: id, field: 'registered-client', version: 1 };
}

/** The session of a project, for a day; anything else, of another project too, is not found. */
export async function findSession(em: EntityManager, deps: Deps, project: string, id: string): Promise<ConnectSession> {
  const session = await em.findOne(ConnectSessionEntity, { project, id }, { refresh: true });
  if (session === null || session.createTime.getTime() < deps.now().getTime() - DAY_MS) {
    throw new IntegrationError('SESSION_NOT_FOUND', { session: id });
  }
  return session;
}

/** Waits until the session has an outcome, or `timeoutMs` have passed; then answers it as it is. */
export async function waitSession(
  deps: Deps,
  project: string,
  id: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ConnectSession> {
  const ended = AbortSignal.any([signal, deps.stopping, AbortSignal.timeout(timeoutMs)]);
  for (;;) {
    // Subscribed before the session is read: what happens in between wakes the wait below at once.
    const change = Promise.withResolvers<void>();
    const unsubscribe = deps.changes.subscribe('integration_changed', changed => {
      if (changed === undefined || changed === project) change.resolve();
    });
    const session = await findSession(deps.store.em.fork(), deps, project, id).catch((error: unknown) => {
      unsubscribe();
      throw error;
    });
    if (sessionStatus(session, deps.now()) !== 'PENDING' || ended.aborted) {
      unsubscribe();
      return session;
    }
    const end = () => change.resolve();
    ended.addEventListener('abort', end, { once: true });
    await change.promise;
    ended.removeEventListener('abort', end);
    unsubscribe();
  }
}

export function sessionStatus(session: ConnectSession, now: Date): 'PENDING' | 'COMPLETED' | 'FAILED' | 'EXPIRED' {
  if (session.status === 'COMPLETED' || session.status === 'FAILED') return session.status;
  return session.expireTime <= now ? 'EXPIRED' : 'PENDING';
}

type SessionName = Pick<ConnectSession, 'project' | 'provider' | 'id'>;

/** The link that leads a browser through the edge to the vendor. It names the session and proves that we made it. */
export async function linkOf(deps: Deps, session: SessionName): Promise<string> {
  const mac = await deps.vault.mac(session.project, 'connect-link', JSON.stringify([session.provider, session.id]));
  const ticket = [encode(session.project), session.id, mac.toString('base64url')].join('.');
  return `${deps.publicUrl()}/v1/provider/${session.provider}/connect/${ticket}`;
}

/** The session a link names, when the link is ours and the session still waits for its browser. */
export async function readLink(
  em: EntityManager,
  deps: Deps,
  provider: string,
  ticket: string,
): Promise<ConnectSession> {
  const [project, id, mac, ...rest] = ticket.split('.');
  if (project === undefined || id === undefined || mac === undefined || rest.length > 0) throw notFound();
  const name = { project: decode(project), provider, id };
  const session = await em.findOne(ConnectSessionEntity, name);
  if (session === null) throw notFound();
  const expected = await deps.vault.mac(name.project, 'connect-link', JSON.stringify([provider, id]));
  if (!equal(expected, Buffer.from(mac, 'base64url'))) throw notFound();
  assertOpen(session, deps.now());
  return session;
}

/** A fresh nonce for the browser, and its hash for the session. */
export function makeNonce(): { readonly nonce: string; readonly hash: Buffer } {
  const nonce = randomBytes(32).toString('base64url');
  return { nonce, hash: hashNonce(nonce) };
}

function hashNonce(nonce: string): Buffer {
  return createHash('sha256').update(nonce).digest();
}

/** `state`: the session, the hash of the browser's nonce, and a MAC over both with project, provider and scopes. */
export async function makeState(deps: Deps, session: ConnectSession, nonceHash: Buffer): Promise<string> {
  return [
    encode(session.project),
    session.id,
    nonceHash.toString('base64url'),
    await stateMac(deps, session, nonceHash),
  ].join('.');
}

/**
 * The session that a callback's `state` names. Refused alike: a state we did not make, one of another provider, browser
 * or project, one that was used, one too late.
 */
export async function readState(
  em: EntityManager,
  deps: Deps,
  provider: string,
  state: string,
  nonce: string | undefined,
): Promise<ConnectSession> {
  const [project, id, hash, mac, ...rest] = state.split('.');
  if (project === undefined || id === undefined || hash === undefined || mac === undefined || rest.length > 0) {
    throw notFound();
  }
  const session = await em.findOne(ConnectSessionEntity, { project: decode(project), id, provider });
  const nonceHash = Buffer.from(hash, 'base64url');
  if (session === null || !session.nonceHash || !equal(Buffer.from(session.nonceHash), nonceHash)) throw notFound();
  if (!equal(Buffer.from(await stateMac(deps, session, nonceHash)), Buffer.from(mac))) throw notFound();
  if (nonce === undefined || !equal(hashNonce(nonce), nonceHash)) throw notFound();
  assertOpen(session, deps.now());
  return session;
}

async function stateMac(deps: Deps, session: ConnectSession, nonceHash: Buffer): Promise<string> {
  const bound = [session.provider, session.id, session.scopes, nonceHash.toString('base64url')];
  return (await deps.vault.mac(session.project, 'connect-state', JSON.stringify(bound))).toString('base64url');
}

/** Spends the session's state; false where somebody else did already. */
export async function spendState(em: EntityManager, session: ConnectSession): Promise<boolean> {
  const { project, id } = session;
  return (
    (await em.nativeUpdate(ConnectSessionEntity, { project, id, status: 'PENDING' }, { status: 'EXCHANGING' })) === 1
  );
}

/** Puts the failure on the session and wakes who waits for it. */
export async function failSession(
  em: EntityManager,
  session: ConnectSession,
  reason: string,
  message: string,
): Promise<void> {
  await em.transactional(async tx => {
    await tx.nativeUpdate(
      ConnectSessionEntity,
      { project: session.project, id: session.id },
      {
        status: 'FAILED',
        failureReason: reason,
        failureMessage: message.slice(0, 512),
        sealedVerifier: null,
        sealedClient: null,
      },
    );
    await announce(tx, 'integration_changed', session.project);
  });
}

function assertOpen(session: ConnectSession, now: Date): void {
  if (session.status !== 'PENDING' || session.expireTime <= now) {
    throw new IntegrationError('SESSION_EXPIRED', { session: session.id });
  }
}

function notFound(): IntegrationError {
  return new IntegrationError('SESSION_NOT_FOUND', {});
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function decode(text: string): string {
  return Buffer.from(text, 'base64url').toString('utf8');
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
