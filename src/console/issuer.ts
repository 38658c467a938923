import { decodeJwt } from 'jose';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  clockSkew,
  customFetch,
  discovery,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { Fetch } from '../outbound.ts';
import type { TokenVerifier } from '../rpc/token.ts';
import { reveal } from '../secret.ts';
import { type Session, sessionLifetimeMs } from './session.ts';
import type { ConsoleSettings } from './settings.ts';

/** What has to be remembered between the way to the issuer and the way back. */
export type Flow = { readonly state: string; readonly nonce: string; readonly verifier: string };

/** The issuer of callers' tokens, as far as signing in goes: authorization code flow with PKCE. */
export type SignInIssuer = {
  begin(redirectUri: string): Promise<{ readonly location: string; readonly flow: Flow }>;
  /** Throws TokenRefused when the access token is not one this service takes. */
  finish(callback: URL, flow: Flow): Promise<Session>;
};

/** The subject of the access token and of the ID token must be one. */
export class SubjectMismatch extends Error {
  override name = 'SubjectMismatch';
}

export function openSignInIssuer(
  settings: ConsoleSettings,
  issuer: { readonly url: string; readonly audience: string },
  world: { readonly fetch: Fetch; readonly now: () => Date; readonly verifyToken: TokenVerifier },
): SignInIssuer {
  const { fetch, now, verifyToken } = world;
  let known: Promise<Configuration> | undefined;
  const discover = (): Promise<Configuration> => {
    const url = new URL(issuer.url);
    const isLoopback = url.protocol === 'http:' && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname);
    const { clientId, clientSecret } = settings;
    const skew = Math.round((now().getTime() - Date.now()) / 1_000);
    return discovery(
      url,
      clientId,
      { [clockSkew]: skew, ...(clientSecret && { client_secret: reveal(clientSecret) }) },
      clientSecret === undefined ? None() : undefined,
      {
        [customFetch]: (target, init) => fetch(target, init as RequestInit),
        timeout: 10,
        // Development alone has an issuer without TLS, and only on this machine.
        ...(isLoopback && { execute: [allowInsecureRequests] }),
      },
    );
  };
  // Asked once; a failure is not remembered.
  const configuration = async (): Promise<Configuration> => {
    known ??= discover();
    try {
      return await known;
    } catch (error) {
      known = undefined;
      throw error;
    }
  };
  return {
    async begin(redirectUri) {
      const flow = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
      const location = buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: settings.scope,
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
        ...audienceOf(issuer.audience),
      });
      return { location: location.href, flow };
    },
    async finish(callback, { state, nonce, verifier }) {
      const tokens = await authorizationCodeGrant(await configuration(), callback, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const caller = await verifyToken(tokens.access_token);
      const person = tokens.claims();
      if (person?.sub !== caller.identity) throw new SubjectMismatch('the two tokens are of two subjects');
      const endMs = (decodeJwt(tokens.access_token).exp ?? 0) * 1_000;
      const names = [person.name, person.preferred_username, person.email, caller.identity];
      return {
        caller,
        name: String(names.find(each => typeof each === 'string' && each !== '')).slice(0, 128),
        expireTime: new Date(Math.min(endMs, now().getTime() + sessionLifetimeMs)),
      };
    },
  };
}

/** How issuers are told whom the access token is for: RFC 8707 where it is a URL, the older parameter beside it. */
function audienceOf(audience: string): Record<string, string> {
  return { audience, ...(URL.canParse(audience) && { resource: audience }) };
}
