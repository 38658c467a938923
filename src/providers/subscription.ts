import type { ParsedEvent } from './delivery.ts';
import type { AuthKind, ProviderCall } from './provider.ts';

/**
 * Webhooks that the service makes by the vendor's API: at connect, for each target, and then keeps: renewed at half their
 * life, looked for now and then, made anew where they are gone, and removed with the integration. Functions here
 * throw ProviderError and are repeated later by what it says; each is called by one process at a time for one target.
 */
export type Subscriptions = {
  /** The auth kinds whose credential can make webhooks. Integrations connected another way get none. */
  readonly authKinds: readonly AuthKind[];
  /** Scopes without which none can be made. */
  readonly scopes: readonly string[];
  /** Suffix of the endpoint among `webhook.endpoints` whose verification is that of these deliveries. */
  readonly endpoint: string;
  /**
   * OWN: each has an address of its own, so that its deliveries are its integration's whatever they say. APP: the vendor
   * takes one address for the whole app, the endpoint's own; `parse` then has to name the account.
   */
  readonly address: 'OWN' | 'APP';
  /**
   * What deliveries are signed with. OURS: a secret made here, given to `create` in its wish. VENDOR: one that the vendor
   * makes, answered by `create`, or told in a handshake (see `Webhook.tellsSecret`). APP: the platform app's, as the
   * endpoint names it.
   */
  readonly secret: 'OURS' | 'VENDOR' | 'APP';
  /** What there are to be webhooks for: all of them, at most 200, the most important first. Asked at connect and daily. */
  readonly targets: (call: ProviderCall) => Promise<readonly Target[]>;
  /** Makes one at the vendor. */
  readonly create: (call: ProviderCall, wish: SubscriptionWish) => Promise<MadeSubscription>;
  /**
   * Those at the vendor with the wish's address, after a `create` whose answer was lost. Absent: the vendor lists none, or
   * the address tells nothing, and a lost answer may leave one behind.
   */
  readonly find?: (call: ProviderCall, wish: SubscriptionWish) => Promise<readonly MadeSubscription[]>;
  /** How it is at the vendor. `not_found` is the same as GONE. */
  readonly check: (call: ProviderCall, held: HeldSubscription) => Promise<SubscriptionCheck>;
  /** Asked so often. Default: hourly. */
  readonly checkEveryMs?: number;
  /**
   * Prolongs one that expires and answers its new end; `not_found` where it is gone. Absent though it expires: a new one is
   * made before the end, and then the old one is removed.
   */
  readonly renew?: (call: ProviderCall, held: HeldSubscription) => Promise<{ readonly expireTime: Date }>;
  /** Removes it at the vendor. `not_found` is as good. */
  readonly remove: (call: ProviderCall, held: HeldSubscription) => Promise<void>;
  /** Reads what happened while there was none. Absent: the vendor offers no way, or the provider's `feed` catches up. */
  readonly backfill?: (call: ProviderCall, gap: Gap) => Promise<BackfillPage>;
};

/** What a webhook, or a reader, is for: a repository, a base, a calendar; or the account as a whole. */
export type Target = {
  /** The vendor's stable id of it. An account as a whole has one target, of any constant key. */
  readonly key: string;
  /** As people know it. */
  readonly label: string;
  /** The event types that it brings; names of the catalog. */
  readonly eventTypes: readonly string[];
  /** What else the calls about it need (a filter, a name). Where it changes, a webhook is made anew. */
  readonly settings?: Readonly<Record<string, string>>;
};

export type SubscriptionWish = {
  readonly target: Target;
  /** Where it shall deliver to. */
  readonly url: string;
  /** Another one at each attempt: for vendors that want an id from us. Letters, digits, `-` and `_`, at most 64. */
  readonly id: string;
  /** At least 32 random characters; empty unless `secret` is OURS. */
  readonly secret: string;
};

/** What the vendor's further calls need to find it: ids and the like, nothing secret, at most 2 KiB. */
export type SubscriptionHandle = Readonly<Record<string, string>>;

export type MadeSubscription = {
  /** The vendor's id of it, for people. */
  readonly id: string;
  readonly handle?: SubscriptionHandle;
  /** Absent: it does not expire. */
  readonly expireTime?: Date;
  /** What the vendor signs with, where it tells that in its answer. */
  readonly secret?: string;
};

export type HeldSubscription = {
  readonly id: string;
  readonly handle: SubscriptionHandle;
  readonly target: Target;
};

/**
 * GONE: the vendor has it no more. STOPPED: it has it and delivers nothing, so that it is removed and made anew. Otherwise
 * it delivers, until `expireTime` where the vendor says so.
 */
export type SubscriptionCheck = 'GONE' | 'STOPPED' | { readonly expireTime?: Date };

/** A time without deliveries. */
export type Gap = {
  readonly target: Target;
  readonly since: Date;
  readonly until: Date;
  /** As the page before gave it. */
  readonly cursor?: string;
};

/**
 * A page of what happened in the gap, the oldest first where the vendor can; at most 200. Each event has the semantic key
 * that its webhook would have had: what was delivered after all is then a repeat, and not told twice.
 */
export type BackfillPage = {
  readonly events: readonly (ParsedEvent & { readonly semanticKey: string })[];
  readonly nextCursor?: string;
};

/**
 * Events that are read, not delivered: of a vendor without webhooks, or of one whose webhooks say only that there is
 * something to read. Each page is kept in one transaction with the cursor after it, so that a page is told once.
 */
export type Feed = {
  readonly authKinds: readonly AuthKind[];
  readonly scopes: readonly string[];
  /** How often the vendor is asked; whatever rings in between. */
  readonly everyMs: number;
  /** What is to be read: all of it, at most 200, asked every `everyMs` where targets have versions, else daily. */
  readonly targets: (call: ProviderCall) => Promise<readonly FeedTarget[]>;
  /** The cursor from which nothing is to be told yet: now. */
  readonly start: (call: ProviderCall, place: FeedPlace) => Promise<string>;
  /** What happened after the cursor, the oldest first, at most 200; reading on from the same cursor gives the same keys. */
  readonly read: (call: ProviderCall, place: FeedPlace, cursor: string) => Promise<FeedPage>;
  /**
   * A delivery to the provider's subscription of the same target, or to any of the integration where none has its key, that
   * holds no event makes the feed due at once. OF_SUBSCRIPTION: what is read is the subscription's own: it is begun when
   * that is made, and anew with each one.
   */
  readonly rung?: 'ANY' | 'OF_SUBSCRIPTION';
};

export type FeedTarget = Target & {
  /** What the vendor changes with every change of it: unchanged, it is not read. Absent: it is read each time. */
  readonly version?: string;
};

export type FeedPlace = {
  readonly target: FeedTarget;
  /** The subscription that rings for it, where there is one. */
  readonly subscription?: HeldSubscription;
};

export type FeedPage = {
  readonly events: readonly ParsedEvent[];
  /** Where to go on; at most 1 MiB. */
  readonly cursor: string;
  /** Whether there is more to read at once. */
  readonly hasMore: boolean;
};
