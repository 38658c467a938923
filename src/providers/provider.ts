import type { Secret } from '../secret.ts';
import type { Category } from './category.ts';
import type { ParsedEvent, Webhook } from './delivery.ts';
import type { CodeExchange, DiscoveredExchange } from './exchange.ts';
import type { Feed, Subscriptions } from './subscription.ts';

/** A JSON Schema (draft 2020-12 vocabulary understood by ajv). */
export type JsonSchema = { readonly [keyword: string]: unknown };

export type ConnectMode =
  | 'OAUTH_REDIRECT'
  | 'APP_INSTALL'
  | 'API_KEY'
  | 'WEBHOOK_SETUP'
  | 'SERVICE_CREDENTIAL'
  | 'BUILT_IN';

export type AuthKind =
  | 'OAUTH2'
  | 'API_KEY'
  | 'BASIC'
  | 'APP_INSTALLATION'
  | 'SERVICE_ACCOUNT'
  | 'BOT_TOKEN'
  | 'CONNECTION_STRING'
  | 'WEBHOOK_SECRET'
  | 'NONE';

/** ACTIVE works; PLANNED is listed and never ready; DEPRECATED works and will go. */
export type RuntimeState = 'ACTIVE' | 'PLANNED' | 'DEPRECATED';

/**
 * Everything the service knows of one outside service: a value, read from top to bottom. An ability the vendor lacks
 * is absent here, never a silent no-op.
 */
export type Provider = {
  /** Lower case, digits and underscores; the first segment of its event, action and reference names. Never changes. */
  readonly id: string;
  readonly displayName: string;
  /** One or two sentences for people. */
  readonly description: string;
  readonly category: Category;
  /** The vendor's developer documentation. */
  readonly docsUrl: string;
  /** The mark's slug in simple-icons, `monogram`, or a mark that the manifest brings. */
  readonly logo: string | DrawnMark;
  /**
   * Base URLs by name, without a trailing slash, as the vendor's cloud has them. The platform file may override each
   * (GitHub Enterprise, the sandbox). `{name}` in a host is a setting of the integration, such as a shop; what follows it
   * must be the vendor's own domain, unless the setting's schema lists all it may be, or `{name}` is the whole host: then calls
   * go to public addresses only. Where the setting is absent, so is the endpoint. Provider functions take URLs from `call.endpoints` only.
   */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Names of the endpoints whose hosts may be sent the credential; the caller of a resolve is told these hosts. */
  readonly credentialEndpoints: readonly string[];
  /**
   * Set where the operator wrote the endpoints (a manifest): hosts without a `{name}` may be within the house, and loopback
   * without TLS.
   */
  readonly hasOwnHosts?: true;
  /** Further hosts that the integration's own config names (a customer's subdomain, a webhook's address). */
  readonly credentialHosts?: (config: Readonly<Record<string, unknown>>) => readonly string[];
  /** What the operator registers with the vendor (client id, signing secret, ...). Absent: nothing is needed. */
  readonly app?: PlatformAppForm;
  /** Ways to connect, the preferred one first. Empty only for built-in providers. */
  readonly connect: readonly ConnectMethod[];
  /** It can be connected, and offers nothing else; shown unasked only where the platform has an app for it. */
  readonly support?: 'CONNECT_ONLY';
  /** Works without a customer credential. */
  readonly builtIn?: true;
  /** Set where an operator's own credential in the platform file may serve projects that have none. */
  readonly platformCredential?: { readonly authKind: AuthKind };
  /** The vendor's way of saying no where the HTTP status does not, or says it wrong. Asked first; undefined: the status tells. */
  readonly failureOf?: (answer: Answer) => ProviderFailure | undefined;
  readonly webhook?: Webhook;
  /** Webhooks that the service makes by the vendor's API. Absent: people make them, or the platform app has one for all. */
  readonly subscriptions?: Subscriptions;
  /** Events that are read instead of delivered. */
  readonly feed?: Feed;
  readonly eventTypes: readonly EventType[];
  /** Examples of its events, for people who write automations. */
  readonly samples?: readonly EventSample[];
  readonly actions: readonly Action[];
  readonly references: readonly ReferenceType[];
};

/** Path data in a box of 24 by 24, and the brand's colour: `#` and six hexadecimal digits. */
export type DrawnMark = { readonly path: string; readonly color: string };

/** What the platform file must hold for this provider before the connect methods that name it are possible. */
export type PlatformAppForm = {
  /** Schema of `providers.<id>.app`; fields with `writeOnly: true` are secrets. */
  readonly schema: JsonSchema;
};

/** The platform app as provider functions see it: plain fields, and secrets that cannot be printed. */
export type PlatformApp = {
  readonly fields: Readonly<Record<string, string>>;
  /** Each secret may have several values while one replaces another; the first is the current one. */
  readonly secrets: Readonly<Record<string, readonly Secret[]>>;
};

// ---------------------------------------------------------------------------------------------- calls to the vendor

/** What a provider function that calls the vendor receives: never the database, the keyring or another provider. */
export type ProviderCall = {
  /**
   * Calls the vendor with the credential's headers put in. Resolves with the answer of a success (JSON parsed where
   * it is JSON); throws ProviderError for everything else. Bounded in time and size. The URL must lie under one of
   * `endpoints`.
   */
  readonly fetch: ProviderFetch;
  readonly credential: OpenCredential;
  /** The integration's non-secret configuration. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly endpoints: Readonly<Record<string, string>>;
  readonly app: PlatformApp | undefined;
  readonly signal: AbortSignal;
  readonly now: () => Date;
};

export type ProviderFetch = (url: string, request?: ProviderRequest) => Promise<Answer>;

/** At most one of `json` and `form`. */
export type ProviderRequest = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  /** Added to, and over, the credential's headers. */
  readonly headers?: Readonly<Record<string, string | Secret>>;
};

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, text where the answer is not JSON, undefined where it is empty. Untrusted: check what you read. */
  readonly body: unknown;
};

/**
 * refused: the credential is not accepted; forbidden: accepted, but not for this (a missing scope);
 * invalid_answer: the vendor said something that is not its documented answer.
 */
export type ProviderFailure =
  | { readonly kind: 'refused' }
  | { readonly kind: 'forbidden'; readonly scopes?: readonly string[] }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'throttled'; readonly retryAfterMs?: number }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'invalid_answer' };

/** A credential opened for one call. `secrets` are named by the auth kind's schema, or `access_token` and `refresh_token`. */
export type OpenCredential = {
  readonly kind: AuthKind;
  readonly secrets: Readonly<Record<string, Secret>>;
};

/** Who the credential belongs to at the vendor. `id` never changes and is what deliveries are attributed by. */
export type Account = { readonly id: string; readonly label: string; readonly url?: string };

export type Identity = {
  readonly account: Account;
  /** Scopes the vendor says were granted; absent where it does not say. */
  readonly grantedScopes?: readonly string[];
  /** Non-secret facts worth keeping in `config` (a cloud id, an installation id, a bot user id). */
  readonly config?: Readonly<Record<string, unknown>>;
};

// -------------------------------------------------------------------------------------------------- ways to connect

export type ConnectMethod = OAuthRedirect | DiscoveredRedirect | AppInstall | InlineCredential;

type ConnectMethodBase = {
  readonly authKind: AuthKind;
  /** What the credential's holder sends with each request, ready to send. `config` is the integration's. */
  readonly headers: (
    credential: OpenCredential,
    config: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, Secret>>;
  /** Asks the vendor who the account is: the proof that a credential works. Throws ProviderError where it does not. */
  readonly identify: (call: ProviderCall) => Promise<Identity>;
  /**
   * Makes a short-lived access token from the stored credential (installation tokens, service accounts). Where present,
   * `headers` reads `access_token` from what this answers.
   */
  readonly mint?: (call: ProviderCall) => Promise<MintedToken>;
  /** Ends the credential at the vendor. Absent: the vendor offers no way. */
  readonly revoke?: (call: ProviderCall) => Promise<void>;
  /** Whether two account ids may be the same account, where the vendor does not always name one. Absent: they are equal. */
  readonly isSameAccount?: (before: string, found: string) => boolean;
};

export type MintedToken = {
  readonly accessToken: Secret;
  readonly expireTime: Date;
  readonly grantedScopes?: readonly string[];
};

/** OAuth 2 authorization code by redirect, by the operator's app. */
export type OAuthRedirect = RedirectBase & CodeExchange;

/** The same by a client that is registered at the customer's own authorization server. */
export type DiscoveredRedirect = RedirectBase & DiscoveredExchange;

type RedirectBase = ConnectMethodBase & {
  readonly mode: 'OAUTH_REDIRECT';
  readonly authKind: 'OAUTH2';
  readonly scopes: {
    /** Of a discovered server whatever it names, where this is empty. */
    readonly default: readonly string[];
    readonly separator: ' ' | ',';
    readonly optional?: readonly string[];
  };
  readonly authorizeParams?: Readonly<Record<string, string>>;
  /**
   * Schema of the settings that must be known before the browser leaves (a shop, a subdomain): an object,
   * `additionalProperties: false`, nothing secret. Absent: whatever the caller sends is kept.
   */
  readonly settings?: JsonSchema;
};

/** The customer installs our app at the vendor; the redirect comes back with the installation's id. */
export type AppInstall = ConnectMethodBase & {
  readonly mode: 'APP_INSTALL';
  readonly authKind: 'APP_INSTALLATION';
  readonly installUrl: (endpoints: Readonly<Record<string, string>>, app: PlatformApp) => string;
  /** Reads the installation from the callback's query into non-secret config; undefined where it is not there. */
  readonly readCallback: (query: URLSearchParams) => Readonly<Record<string, string>> | undefined;
  readonly mint: (call: ProviderCall) => Promise<MintedToken>;
  /** How the callback's `code` becomes a token of the person who came back. */
  readonly consent: CodeExchange;
  /**
   * Throws where that person may not use the installation: the id in the callback's query is anybody's to write. The
   * call acts as the person; `config` holds what `readCallback` read.
   */
  readonly confirm: (call: ProviderCall) => Promise<void>;
};

/** The caller brings what is needed in the connect call itself. */
export type InlineCredential = ConnectMethodBase & {
  readonly mode: 'API_KEY' | 'WEBHOOK_SETUP' | 'SERVICE_CREDENTIAL';
  /**
   * Schema of what the user types: an object, `additionalProperties: false`, every string with `maxLength`. Fields with
   * `writeOnly: true` are secrets and are sealed; the others become config.
   */
  readonly schema: JsonSchema;
};

// ----------------------------------------------------------------------------------------------------------- events

export type EventType = {
  /** `provider.resource.verb`. */
  readonly name: string;
  readonly description: string;
  readonly schemaVersion: number;
  readonly runtimeState: RuntimeState;
  readonly triggerable: boolean;
  readonly waitable: boolean;
  /** Scopes without which the vendor does not send it. */
  readonly scopes: readonly string[];
  readonly payloadSchema: JsonSchema;
  /** Fields that are never kept: paths such as `data.token` or `items.*.secret`, where `*` is every item or key. */
  readonly withheld?: readonly string[];
  /** Fields that hold the text of e-mails, by the same paths; kept where the operator says so. */
  readonly mailText?: readonly string[];
};

/** An event as the vendor would send it, of nobody in particular. */
export type EventSample = {
  /** One of the provider's event types. */
  readonly eventType: string;
  /** Lower case and underscores; tells the samples of a type apart. */
  readonly variant: string;
  readonly name: string;
  readonly description: string;
  /** Fits the type's `payloadSchema`. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** As `parse` would hoist it. */
  readonly meta: Readonly<Record<string, string>>;
};

// ---------------------------------------------------------------------------------------------------------- actions

export type Risk = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

export type Action = {
  /** `provider.resource.verb`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly runtimeState: RuntimeState;
  readonly risk: Risk;
  readonly annotations: { readonly readOnly: boolean; readonly idempotent: boolean; readonly destructive: boolean };
  readonly scopes: readonly string[];
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema;
  /** Input fields that hold a reference. `dependsOn` maps the reference type's key to the input field that supplies it. */
  readonly references: readonly {
    readonly field: string;
    readonly type: string;
    readonly dependsOn?: Readonly<Record<string, string>>;
  }[];
};

// ------------------------------------------------------------------------------------------------------- references

export type ReferenceType = {
  /** `provider.noun`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly runtimeState: RuntimeState;
  readonly scopes: readonly string[];
  /** Values a lookup depends on: key, and the reference type its value is of. */
  readonly dependsOn: readonly { readonly key: string; readonly type: string; readonly required: boolean }[];
} & (
  | {
      readonly source: 'PROVIDER';
      /** PROVIDER: `list` honours `q`; LOCAL: it does not, and we filter. */
      readonly search: 'PROVIDER' | 'LOCAL';
      readonly list: (call: ProviderCall, query: ReferenceQuery) => Promise<ReferencePage>;
      /** Answers the values it finds, in any order; a value left out does not exist. At most 100 at once. */
      readonly resolve: (call: ProviderCall, query: ReferenceValues) => Promise<readonly ReferenceItem[]>;
      /** How often the whole list is read anew where it is indexed. Absent: every 6 h. */
      readonly listEveryMs?: number;
      /** What an event tells of references of this type. Absent: no event does. */
      readonly touchedBy?: (event: Pick<ParsedEvent, 'eventType' | 'payload'>) => readonly ReferenceTouch[];
      /** The value that a page of the vendor is about, from its address in a browser. */
      readonly valueOfUrl?: (url: URL) => string | undefined;
    }
  /** Published by platform services through ReferenceFeedService. */
  | { readonly source: 'PUBLISHED' }
);

export type ReferenceQuery = {
  readonly q: string;
  readonly dependsOn: Readonly<Record<string, string>>;
  /** The cursor of the page before, as `list` gave it. */
  readonly cursor?: string;
  readonly pageSize: number;
};

export type ReferencePage = { readonly items: readonly ReferenceItem[]; readonly nextCursor?: string };

export type ReferenceValues = {
  readonly values: readonly string[];
  readonly dependsOn: Readonly<Record<string, string>>;
};

/** What an event tells of one reference; what it does not tell stays. With no label and no state the vendor is asked. */
export type ReferenceTouch = {
  readonly value: string;
  /** The lists it is in, each by the values it depends on. Absent: the one that depends on nothing. */
  readonly lists?: readonly Readonly<Record<string, string>>[];
  readonly label?: string;
  readonly description?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly parent?: string;
  readonly state?: 'PRESENT' | 'ARCHIVED' | 'NO_ACCESS' | 'NOT_FOUND';
};

export type ReferenceItem = {
  /** What a spec stores: the vendor's stable id. */
  readonly value: string;
  readonly label: string;
  readonly description?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The value it lies under (a project's team). */
  readonly parent?: string;
  readonly state: 'PRESENT' | 'ARCHIVED' | 'NO_ACCESS';
};
