import { createHash, randomUUID } from 'node:crypto';
import type { Approvals } from './approvals.ts';
import { readParams, textPage } from './http.ts';
import { opaque } from './secrets.ts';
import type { Token, TokenBook } from './tokens.ts';

export type OAuthFailure =
  | 'invalid_client'
  | 'invalid_code'
  | 'invalid_refresh_token'
  | 'redirect_uri_mismatch'
  | 'invalid_request'
  | 'unsupported_grant_type';

/** Without a `redirectUri` those of the service's addresses that the operator registered. */
export type OAuthClient = { readonly id: string; readonly secret: string; readonly redirectUri?: string };

/** One vendor's authorization server: the flow is the same for all, these are the differences. */
export interface OAuthRules {
  provider: string;
  client: OAuthClient;
  /** Clients that registered themselves, in place of the one. */
  clientOf?(id: string): OAuthClient | undefined;
  /** Names of the accounts that can consent; the first does by default. */
  accounts: readonly string[];
  scopeSeparator: ',' | ' ';
  /** Of an access token that comes with a refresh token (`offline`) or without; null = it never expires. */
  lifeSeconds(offline: boolean): number | null;
  refresh: 'rotating' | 'reusable' | 'none';
  /** How the client must authenticate; either way when absent. */
  clientAuth?: 'basic' | 'body';
  /** The secret alone, as Basic user, and nothing beside the grant. */
  keyOnly?: boolean;
  /** For so long a rotated refresh token may be sent again. */
  reuseGraceMs?: number;
  /** `reusable`: a refresh brings a new refresh token beside the old one. */
  renews?: boolean;
  /** A refresh ends the access tokens before it. */
  endsAccess?: boolean;
  newAccessToken(): string;
  newRefreshToken(): string;
  /** Complains about a missing vendor parameter of the authorize request. */
  checkAuthorize?(query: URLSearchParams): string | null;
  /** Whether this request asks for offline access; always when absent. */
  wantsRefresh?(query: URLSearchParams, scopes: readonly string[]): boolean;
  answer(access: Token, refresh: Token | undefined): Record<string, unknown>;
  fail(failure: OAuthFailure, detail: string): Response;
}

export interface OAuthDesk {
  book: TokenBook;
  approvals: Approvals;
  now: () => Date;
  /** Whether the operator registered that address, as far as the sandbox knows where the service is. */
  isRegistered(redirect: URL): boolean;
}

const codeLifeMs = 10 * 60 * 1000;

/** The consent page without a person: answers at once with a redirect that carries code and state, or the refusal. */
export function authorize(rules: OAuthRules, desk: OAuthDesk, query: URLSearchParams): Response {
  const redirect = parseUrl(query.get('redirect_uri'));
  const client = knownClient(rules, query.get('client_id'));
  if (client === undefined) return textPage(400, 'Unknown client_id.');
  const isOurs = redirect?.pathname === `/v1/provider/${rules.provider}/callback` && redirect.search === '';
  if (
    !isOurs ||
    !(client.redirectUri === undefined ? desk.isRegistered(redirect) : client.redirectUri === redirect.href)
  ) {
    return textPage(400, 'redirect_uri is not registered for this client.');
  }
  const back = (params: Record<string, string | null>): Response => {
    for (const [name, value] of Object.entries(params)) if (value !== null) redirect.searchParams.set(name, value);
    return new Response(null, { status: 302, headers: { Location: redirect.href } });
  };
  const state = query.get('state');
  const challenge = query.get('code_challenge');
  const problem = challenge !== null && query.get('code_challenge_method') !== 'S256' ? 'only S256 is supported' : null;
  const kind = query.get('response_type') === 'code' ? null : 'response_type must be code';
  const complaint = problem ?? kind ?? rules.checkAuthorize?.(query) ?? null;
  if (complaint !== null) return back({ error: 'invalid_request', error_description: complaint, state });

  const approval = desk.approvals.take(rules.provider);
  const deny = approval.deny ?? query.has('deny');
  if (deny !== false) return back({ error: typeof deny === 'string' ? deny : 'access_denied', state });

  const asked = splitScopes(query.get('scope') ?? '');
  const scopes = approval.scopes ? [...approval.scopes] : asked;
  const offline = rules.wantsRefresh?.(query, scopes) ?? true;
  const code = desk.book.add({
    provider: rules.provider,
    kind: 'code',
    value: opaque(40),
    account: approval.account ?? rules.accounts[0]!,
    client: client.id,
    scopes,
    grant: randomUUID(),
    expireTimeMs: desk.now().getTime() + codeLifeMs,
    redirectUri: query.get('redirect_uri')!,
    offline: approval.refresh ?? offline,
    ...(challenge !== null && { challenge }),
    ...(approval.lifeSeconds !== undefined && { lifeSeconds: approval.lifeSeconds }),
  });
  return back({ code: code.value, state });
}

/** The token endpoint: authorization_code and refresh_token. */
export async function exchange(rules: OAuthRules, desk: OAuthDesk, request: Request): Promise<Response> {
  const params = await readParams(request);
  const client = clientOf(rules, request, params);
  if (client === undefined) return rules.fail('invalid_client', 'client authentication failed');
  const grantType = params.get('grant_type') ?? 'authorization_code';
  if (grantType === 'authorization_code') return redeemCode(rules, desk, params, client);
  if (grantType === 'refresh_token') return refresh(rules, desk, params, client);
  return rules.fail('unsupported_grant_type', 'unsupported grant_type');
}

/** The client that the request authenticates, by id and secret as Basic or in the body. */
export function clientOf(rules: OAuthRules, request: Request, params: URLSearchParams): OAuthClient | undefined {
  const basic = /^Basic (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (rules.clientAuth !== undefined && (rules.clientAuth === 'basic') !== (basic !== undefined)) return undefined;
  const [id, secret] = basic
    ? Buffer.from(basic, 'base64').toString('utf8').split(':').map(formDecode)
    : [params.get('client_id'), params.get('client_secret')];
  if (rules.keyOnly === true) {
    const isBare = [...params.keys()].every(name => ['grant_type', 'code', 'refresh_token'].includes(name));
    return id === rules.client.secret && secret === '' && isBare ? rules.client : undefined;
  }
  const client = knownClient(rules, id ?? null);
  return client?.secret === secret ? client : undefined;
}

function knownClient(rules: OAuthRules, id: string | null): OAuthClient | undefined {
  if (rules.clientOf !== undefined) return id === null ? undefined : rules.clientOf(id);
  return id === rules.client.id ? rules.client : undefined;
}

/** The body RFC 6749 asks for. */
export function plainAnswer(rules: OAuthRules, now: () => Date, access: Token, refreshed: Token | undefined) {
  return {
    access_token: access.value,
    token_type: 'Bearer',
    scope: access.scopes.join(rules.scopeSeparator),
    ...(access.expireTimeMs !== null && {
      expires_in: Math.max(0, Math.round((access.expireTimeMs - now().getTime()) / 1000)),
    }),
    ...(refreshed && { refresh_token: refreshed.value }),
  };
}

function redeemCode(rules: OAuthRules, desk: OAuthDesk, params: URLSearchParams, client: OAuthClient): Response {
  const code = desk.book.find(rules.provider, 'code', params.get('code') ?? '');
  if (code === undefined || code.client !== client.id) return rules.fail('invalid_code', 'unknown code');
  if (code.state !== 'live') {
    desk.book.revokeGrant(code);
    return rules.fail('invalid_code', 'code was already used');
  }
  desk.book.spend(code);
  if ((code.expireTimeMs ?? 0) <= desk.now().getTime()) return rules.fail('invalid_code', 'code has expired');
  if (rules.keyOnly !== true && params.get('redirect_uri') !== code.redirectUri) {
    return rules.fail('redirect_uri_mismatch', 'redirect_uri differs from the authorize request');
  }
  if (!verifierFits(code.challenge, params.get('code_verifier'))) {
    return rules.fail('invalid_code', 'code_verifier does not match the code_challenge');
  }
  return issue(rules, desk, code, code.offline === true);
}

function refresh(rules: OAuthRules, desk: OAuthDesk, params: URLSearchParams, client: OAuthClient): Response {
  const value = params.get('refresh_token') ?? '';
  const token = desk.book.live(rules.provider, ['refresh'], value) ?? inGrace(rules, desk, value);
  if (token === undefined || token.client !== client.id)
    return rules.fail('invalid_refresh_token', 'refresh token is unknown, used or revoked');
  if (rules.endsAccess) {
    desk.book.revokeWhere(
      each => each.provider === token.provider && each.grant === token.grant && each.kind === 'access',
    );
  }
  if (rules.refresh === 'reusable') return issue(rules, desk, token, rules.renews === true);
  if (token.state === 'live') desk.book.spend(token);
  return issue(rules, desk, token, true);
}

/** A refresh token that was rotated so short a time ago that the vendor still takes it. */
function inGrace(rules: OAuthRules, { book, now }: OAuthDesk, value: string): Token | undefined {
  const token = book.find(rules.provider, 'refresh', value);
  if (rules.reuseGraceMs === undefined || token?.state !== 'spent') return undefined;
  return now().getTime() - (token.spentTimeMs ?? 0) <= rules.reuseGraceMs ? token : undefined;
}

function issue(rules: OAuthRules, desk: OAuthDesk, from: Token, withRefresh: boolean): Response {
  const { provider, account, client, scopes, grant } = from;
  const life = from.lifeSeconds ?? rules.lifeSeconds(withRefresh || from.kind === 'refresh');
  const owner = { provider, account, client, scopes, grant };
  const expireTimeMs = life === null ? null : desk.now().getTime() + life * 1000;
  const access = desk.book.add({ ...owner, kind: 'access', value: rules.newAccessToken(), expireTimeMs });
  const refreshed = withRefresh
    ? desk.book.add({ ...owner, kind: 'refresh', value: rules.newRefreshToken(), expireTimeMs: null })
    : undefined;
  return Response.json(rules.answer(access, refreshed), { headers: { 'Cache-Control': 'no-store' } });
}

function verifierFits(challenge: string | undefined, verifier: string | null): boolean {
  if (challenge === undefined) return verifier === null;
  return verifier !== null && createHash('sha256').update(verifier).digest('base64url') === challenge;
}

function splitScopes(text: string): string[] {
  return text.split(/[\s,]+/).filter(scope => scope !== '');
}

function parseUrl(text: string | null): URL | null {
  return text !== null && URL.canParse(text) ? new URL(text) : null;
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
