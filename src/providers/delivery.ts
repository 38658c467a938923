import type { Secret } from '../secret.ts';
import type { AuthKind } from './provider.ts';

export type Webhook = {
  readonly endpoints: readonly WebhookEndpoint[];
  /** The header, lower case, that names the delivery as the vendor's console shows it. Absent: only the body does. */
  readonly deliveryHeader?: string;
  /**
   * The vendor's question whether we are there, where it does not sign it: asked of a request by any method before
   * verification, with the endpoint's secrets. The answer shows nothing but what the question held.
   */
  readonly greeting?: (greeting: Greeting, secrets: readonly Secret[]) => HandshakeAnswer | undefined;
  /**
   * The vendor's question in the body of a request that it does not sign: asked where the signature is missing, or the
   * endpoint has no secret yet. The answer shows nothing but what the question held, and nothing is recorded.
   */
  readonly bodyGreeting?: (body: Uint8Array) => HandshakeAnswer | undefined;
  /**
   * The secret that the vendor tells at a new subscription's own address before it signs anything. Taken only while that
   * subscription is being made, and then what `greeting` answers is sent.
   */
  readonly tellsSecret?: (greeting: Greeting) => Secret | undefined;
  /** The only maker of Verified bytes. Fails closed: no secret, no delivery. */
  readonly verify: (delivery: Delivery, secrets: readonly Secret[], now: Date) => Verification;
  /** The vendor's question whether we are there; answered, never recorded. Undefined: an ordinary delivery. */
  readonly handshake?: (verified: Verified) => HandshakeAnswer | undefined;
  /** The events a verified delivery holds; empty where it holds none of ours. Throws ProviderError on a body that is not the vendor's. */
  readonly parse: (verified: Verified) => readonly ParsedEvent[];
  /**
   * Ids of the accounts whose feeds a delivery to the platform app's endpoint makes due, where it holds no event and only
   * says that there is something to read. Throws as `parse` does.
   */
  readonly rings?: (verified: Verified) => readonly string[];
};

export type WebhookEndpoint = {
  /** The path's last part under `/v1/provider/{provider}/webhook`; '' is the bare path. */
  readonly suffix: string;
  readonly description: string;
  /** The scheme in the field's words, for the catalog: `hmac-sha256`, `standard-webhooks`, ... */
  readonly signature: string;
  /**
   * PLATFORM_APP: one secret for all projects, from `app.secrets[secretField]`; INTEGRATION: the integration's own, which a
   * person enters; SUBSCRIPTION: only webhooks that the service makes deliver here, each with a secret of its own.
   */
  readonly secret: 'PLATFORM_APP' | 'INTEGRATION' | 'SUBSCRIPTION';
  /** The field of `app.secrets`, or of the credential's secrets, that holds the signing secret; its name otherwise. */
  readonly secretField: string;
  /**
   * Where the vendor publishes the keys it signs with. `secretField` is then a plain field of the app, the audience that
   * tokens must be for, and `verify` gets `{ ..., "audience": ..., "keys": [...] }` for a secret, with the app's plain fields
   * beside them: whoever has an account at the vendor may name our audience.
   */
  readonly keySetUrl?: (endpoints: Readonly<Record<string, string>>) => string;
};

/** One HTTP request as it arrived. Header names are lower case; a repeated header is joined by `, `. */
export type Delivery = {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly suffix: string;
  /** The address it was sent to, query included, as the internet sees it; for vendors that sign it. */
  readonly url?: string;
};

/** What is known of a request before its body is read. */
export type Greeting = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
};

declare const verifiedBrand: unique symbol;
/** A delivery whose signature was checked. Only the verifiers of the kit make it. */
export type Verified = Delivery & { readonly [verifiedBrand]: true };

export type VerificationFailure =
  | 'SECRET_MISSING'
  | 'SIGNATURE_MISSING'
  | 'SIGNATURE_WRONG'
  | 'TIMESTAMP_MISSING'
  | 'TIMESTAMP_STALE'
  | 'TIMESTAMP_FUTURE';

export type Verification =
  | { readonly ok: true; readonly verified: Verified }
  | { readonly ok: false; readonly cause: VerificationFailure };

export type HandshakeAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type ParsedEvent = {
  readonly eventType: string;
  readonly schemaVersion: number;
  /** The vendor's own id of the delivery: a repeat carries the same one; two events of one delivery have different ones. */
  readonly deliveryKey: string;
  /** Object, version and type, where the vendor gives them: the same happening told over two routes is one event. */
  readonly semanticKey?: string;
  /** The vendor's object that it is about, unique in the account: what tells of the same one keeps its order. */
  readonly objectKey?: string;
  /** Whose it is: an Account.id or Account.url. Empty where only the endpoint tells, one of an integration's own. */
  readonly accountId: string;
  readonly occurTime?: Date;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Stable fields worth filtering by without reading the payload. */
  readonly meta?: Readonly<Record<string, string>>;
  /** Set where it is news of our access itself: the service acts on it too. Only the platform app's deliveries count. */
  readonly lifecycle?: Lifecycle;
};

/** What happened to our app's access to the account. */
export type Lifecycle = {
  /** ENDED: a new consent is needed; SUSPENDED: until RESUMED the credential does not work. */
  readonly kind: 'ENDED' | 'SUSPENDED' | 'RESUMED';
  /** The integrations connected this way are meant, and no others of the account. */
  readonly authKind: AuthKind;
  /** When the vendor says that this happened. Absent: it does not, and the vendor is asked before anything is changed. */
  readonly time?: Date;
};
