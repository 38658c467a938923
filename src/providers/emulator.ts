import type { AuthKind } from './provider.ts';

/**
 * A vendor as the sandbox plays it: what `src/providers/<id>/emulator.ts` exports as `emulator`. As strict as the vendor, made
 * from its documentation and with none of our own verifiers, so that the two hold each other. The service never loads it.
 */
export type Emulator = {
  /** Whom the vendor knows; the first one consents and owns the keys. `id`, `label` and `url` are what `identify` must find. */
  readonly accounts: readonly EmulatedAccount[];
  /**
   * Fields of the operator's app for which 32 random letters and digits do not do; further ones, such as a private key, stay
   * here.
   */
  readonly app?: (random: Random) => Readonly<Record<string, string>>;
  readonly oauth?: EmulatedOAuth;
  /**
   * By auth kind, what a person types into the form: secrets and settings; of OAUTH2 the settings of the method, where it has
   * any. Its credential opens the guarded routes.
   */
  readonly forms?: Readonly<Partial<Record<AuthKind, (random: Random) => Readonly<Record<string, string>>>>>;
  /** How a request shows its credential, without scheme words. Default: `Authorization: Bearer`. */
  readonly credentialOf?: (asked: Asked) => string | undefined;
  /** What a filled-in form opens the guarded routes with, where it stands in no header. */
  readonly keyOf?: (form: Readonly<Record<string, string>>) => string;
  /** The vendor's way of saying no; `base` is where it stands in the sandbox. */
  readonly refuse: (refusal: Refusal, base: string) => EmulatedAnswer;
  /**
   * By `METHOD /path/with/:parameters`, the vendor's path below its host; a third word is the name of a GraphQL operation. The
   * first that fits answers, and only who shows a live token or key.
   */
  readonly routes: Readonly<Record<string, EmulatedRoute<Ask>>>;
  /** Routes that ask for no credential. */
  readonly openRoutes?: Readonly<Record<string, EmulatedRoute<Asked>>>;
  /** What each picker must show of the first account, by reference type. */
  readonly references?: Readonly<Record<string, EmulatedReference>>;
  /** A request with the credential for the proof: it must answer 2xx. */
  readonly request?: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly json?: unknown;
  };
  readonly deliveries?: EmulatedDeliveries;
};

export type EmulatedAccount = {
  /** How tests and `approve` call it. */
  readonly name: string;
  /** Empty where the vendor names nobody. */
  readonly id: string;
  readonly label: string;
  readonly url?: string;
};

/** Random letters and digits. */
export type Random = (length: number) => string;

export type Refusal = 'unauthenticated' | 'forbidden' | 'not_found' | 'invalid';

export type EmulatedAnswer = {
  /** Default: 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text goes out as it is, anything else as JSON. */
  readonly body?: unknown;
};

export type EmulatedRoute<A> = (ask: A) => EmulatedAnswer | Refusal | Promise<EmulatedAnswer | Refusal>;

/** One request as it came. */
export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** JSON object or form; empty for anything else. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly now: Date;
  /** Where this vendor stands in the sandbox, without a trailing slash. */
  readonly base: string;
  /** Cuts a page out of a list as the request asks for it; a cursor that is none is answered as `invalid`. */
  readonly page: <T>(items: readonly T[], style: PageStyle<T>) => EmulatedPage<T>;
  /** `Link: <...>; rel="next"` of that page; no header on the last one. */
  readonly link: (parameter: string, next: string | undefined) => Readonly<Record<string, string>>;
  /** Makes a live access token, for grants beside the authorization code. */
  readonly issue: (account: EmulatedAccount, lifeSeconds: number) => string;
  /** Takes a token or key out of force. Answers whether it was live. */
  readonly revoke: (token: string) => boolean;
  /** What the operator registered, by field. */
  readonly app: Readonly<Record<string, string>>;
  /** The form filled in for that way to connect. */
  readonly form: (kind: AuthKind) => Readonly<Record<string, string>>;
};

/** One request with a live credential. */
export type Ask = Asked & {
  readonly account: EmulatedAccount;
  readonly scopes: readonly string[];
  /** Webhooks of this vendor made by API: `deliver` sends to each that stands, signed with its own secret. */
  readonly hooks: EmulatedHooks;
  /** Sends a request of the vendor's own, such as a handshake, by POST unless said; answers the status and headers. */
  readonly send: (
    url: string,
    request: {
      readonly method?: 'POST' | 'HEAD';
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    },
  ) => Promise<{ readonly status: number; readonly headers: Headers; readonly body: string }>;
};

/**
 * How the vendor counts: `cursor` an opaque text, `offset` items from zero, `number` pages from one, `last` the id of the last
 * item shown.
 */
export type PageStyle<T> = {
  readonly by: 'cursor' | 'offset' | 'number' | 'last';
  /** Parameter that says where the page begins. */
  readonly at: string;
  /** Parameter with the page's size. Absent: the vendor lets nobody choose. */
  readonly size?: string;
  /** Default: 20. */
  readonly usual?: number;
  /** A larger size is cut down to it. Default: 100. */
  readonly most?: number;
  /** Where the parameters stand. Default: the query. */
  readonly from?: 'query' | 'body' | 'variables';
  readonly id?: (item: T) => string;
};

export type EmulatedPage<T> = {
  readonly items: readonly T[];
  readonly start: number;
  readonly total: number;
  /** What `at` must hold for the next page; absent on the last. */
  readonly next?: string;
};

export type EmulatedOAuth = {
  /** Paths at the vendor. */
  readonly authorize: string;
  readonly token: string;
  /** RFC 7009 by form field `token`, where the vendor has it. Ends the whole grant. */
  readonly revoke?: string;
  /** Where clients register themselves (RFC 7591), in place of the operator's app. */
  readonly register?: string;
  /** What the authorize request and each token request must name as `resource` (RFC 8707). */
  readonly resource?: (base: string) => string;
  /** How the client must authenticate; another way is refused. */
  readonly client: 'basic' | 'body';
  /** The client shows its secret alone, as Basic user; beside the grant the request may hold nothing. */
  readonly keyOnly?: true;
  /** REQUIRED: an authorize request without an S256 challenge is refused. */
  readonly pkce: 'REQUIRED' | 'OPTIONAL';
  /** Every scope the vendor documents that the manifest may name; another one is refused. */
  readonly scopes: readonly string[];
  readonly refresh: 'ROTATING' | 'REUSABLE' | 'NONE';
  /** For so long the refresh token before may be sent again. */
  readonly reuseGraceMs?: number;
  /** Of REUSABLE: a refresh brings a new refresh token beside the old one. */
  readonly renews?: true;
  /** A refresh ends the access tokens before it. */
  readonly endsAccess?: true;
  /** Without this scope there is no refresh token. */
  readonly refreshScope?: string;
  /** null: access tokens do not expire. */
  readonly lifeSeconds: number | null;
  readonly separator?: ' ' | ',';
  /** What every authorize request must hold beside the standard's parameters. */
  readonly authorizeParams?: Readonly<Record<string, string>>;
  /** What must be sent with the code beside them. */
  readonly tokenParams?: Readonly<Record<string, string>>;
  /** The same with a refresh token. */
  readonly refreshParams?: Readonly<Record<string, string>>;
  readonly tokens?: { readonly access?: (random: Random) => string; readonly refresh?: (random: Random) => string };
  /** The vendor's token answer, made from that of RFC 6749. Default: the latter. */
  readonly answer?: (standard: Readonly<Record<string, unknown>>, account: EmulatedAccount, base: string) => unknown;
  /** The vendor's refusal at the token endpoint. Default: RFC 6749's, 401 for `invalid_client` and 400 else. */
  readonly fail?: (error: string, detail: string) => EmulatedAnswer;
};

export type EmulatedReference = {
  /** Every value, in the vendor's order; more than one page of them wherever the vendor pages. */
  readonly values: readonly string[];
  readonly dependsOn?: Readonly<Record<string, string>>;
  /** Words to list by, for vendors that list nothing without. */
  readonly q?: string;
  /** Words by which the vendor itself finds, and all it finds. Wanted where the type's `search` is PROVIDER. */
  readonly found?: { readonly q: string; readonly values: readonly string[] };
  /** A value of the vendor's form that does not exist. Default: the first one with its letters and digits changed. */
  readonly absent?: string;
  /** The way to connect that sees it. Default: the first. */
  readonly authKind?: AuthKind;
};

export type EmulatedEvent = {
  /** One of the provider's event types. */
  readonly eventType: string;
  /** A sample's payload, or the caller's. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly account: EmulatedAccount;
  /** Unique; repeated by whoever sends a duplicate. */
  readonly deliveryId: string;
  readonly time: Date;
  /** The address it is sent to, as the internet sees it. */
  readonly url: string;
  readonly app: Readonly<Record<string, string>>;
  /** The webhook made by API that it goes to. */
  readonly hook?: EmulatedHook;
};

export type EmulatedDeliveries = {
  /** Deliveries hold no event: they say that there is something to read. */
  readonly rings?: true;
  /** The request's body. A text goes out as it is. Default: the payload. */
  readonly body?: (event: EmulatedEvent & { readonly secret: string }) => unknown;
  /** The vendor's headers, signature included. `content-type` is JSON where they name none. */
  readonly sign: (
    event: EmulatedEvent & { readonly body: string; readonly secret: string },
  ) => Readonly<Record<string, string>>;
  /** The header with the signature, lower case; empty where it stands in the body. */
  readonly signatureHeader: string;
  /** The field of app or form that signs, where it is not the one that verifies. */
  readonly signingField?: string;
  /** A signing secret in the vendor's form, for signatures by a stranger. Default: 32 random letters and digits. */
  readonly strange?: (random: Random) => string;
  /** The vendor's question before it delivers, and what it wants to hear. */
  readonly greeting?: (random: Random) => {
    readonly method: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly wants: {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    };
  };
};

export type EmulatedHook = {
  readonly id: string;
  /** Empty where deliveries go to the app's endpoint, whose address the vendor was told elsewhere. */
  readonly url: string;
  /** What its deliveries are signed with. */
  readonly secret: string;
  readonly account: string;
  readonly expireTime?: Date;
  /** Whatever the vendor's answers tell of it. */
  readonly facts: Readonly<Record<string, unknown>>;
};

export type EmulatedHooks = {
  readonly add: (hook: EmulatedHook) => void;
  /** Those that stand: neither removed nor expired. */
  readonly all: () => readonly EmulatedHook[];
  readonly find: (id: string) => EmulatedHook | undefined;
  readonly remove: (id: string) => boolean;
};
