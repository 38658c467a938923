import type { Secret } from '../secret.ts';
import type { ProviderRequest } from './provider.ts';

/** How consent becomes tokens, and what keeps them alive. */

/** Why a grant is over: see RefreshFailure of the contract. */
export type GrantFailure = 'REVOKED' | 'IDLE_EXPIRED' | 'CONSENT_WITHDRAWN' | 'SCOPE_REDUCED';

/** How a vendor trades an authorization code for tokens. Departures from the standard are values here. */
export type CodeExchange = TokenRules & {
  readonly authorizeUrl: (endpoints: Readonly<Record<string, string>>) => string;
  readonly tokenUrl: (endpoints: Readonly<Record<string, string>>) => string;
  /** Whether the vendor takes a PKCE S256 challenge; an app that opted in or out says so in its field `pkce`. */
  readonly pkce: boolean;
  /** How the client authenticates at the token endpoint. */
  readonly client: 'basic' | 'body';
  /** In place of `client`, where the vendor wants it another way: puts the secret into the request for a token. */
  readonly authenticate?: (
    secret: Secret,
    request: { readonly body: URLSearchParams; readonly headers: Headers },
  ) => void;
};

/**
 * The same where the customer's own resource server names its authorization server (RFC 9728, RFC 8414). There the service
 * registers a client for each consent (RFC 7591), sealed beside the tokens, and uses PKCE S256; the resource stands in each
 * request (RFC 8707), and a grant ends where the server takes revocations (RFC 7009). No platform app is needed.
 */
export type DiscoveredExchange = TokenRules & {
  readonly discovery: {
    readonly resourceUrl: (
      endpoints: Readonly<Record<string, string>>,
      config: Readonly<Record<string, unknown>>,
    ) => string;
    /** What is sent there without a token: the refusal says where the metadata are. */
    readonly probe: Pick<ProviderRequest, 'headers' | 'json'>;
  };
};

/** What an exchange and its refreshes hold to, wherever the server is. */
export type TokenRules = {
  /** What is sent with the code beside the standard's parameters. */
  readonly tokenParams?: Readonly<Record<string, string>>;
  /** The same with a refresh token. */
  readonly refreshParams?: Readonly<Record<string, string>>;
  /** Brings the vendor's token answer into RFC 6749's form, its errors too. Absent: it is so already. */
  readonly readToken?: (answer: unknown) => Readonly<Record<string, unknown>>;
  /** ROTATING: a refresh token is good once; REUSABLE: until revoked; NONE: the vendor gives none. */
  readonly refresh: 'ROTATING' | 'REUSABLE' | 'NONE';
  /** For so long after a rotation the vendor documents that the old refresh token may be sent again. Absent: it may not. */
  readonly reuseGraceMs?: number;
  /** Refresh this long before the end, in place of min(15 min, lifetime / 2). */
  readonly refreshMarginMs?: number;
  /** A finer cause of an `invalid_grant` than REVOKED, where the vendor's answer tells. */
  readonly grantFailureOf?: (answer: Readonly<Record<string, unknown>>) => GrantFailure | undefined;
};
