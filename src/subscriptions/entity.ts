import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { SubscriptionHandle } from '../providers/subscription.ts';

/** Why the last try did not work; names of ProviderFailure's kinds where the vendor said it. */
export type SubscriptionFailure =
  | 'refused'
  | 'forbidden'
  | 'not_found'
  | 'throttled'
  | 'unavailable'
  | 'rejected'
  | 'invalid_answer'
  | 'scope_missing'
  /** The integration could not be used just then. */
  | 'unusable';

const lease = {
  /** Not before then; null: not until the integration changes. */
  nextTime: p.datetime().nullable(),
  holder: p.text().nullable(),
  /** By the store's clock. */
  leaseEndTime: p.datetime().nullable(),
};

/** What an integration's webhooks and feeds are to be: asked of the vendor again from time to time. */
export const SubscriptionPlanEntity = defineEntity({
  name: 'SubscriptionPlan',
  tableName: 'subscription_plans',
  properties: {
    project: p.text().primary(),
    integrationId: p.text().primary(),
    provider: p.text(),
    /** The account it was made for. */
    accountId: p.text(),
    /** Stands for all of the integration that a plan depends on; another one makes the plan due. */
    settings: p.text(),
    /** Nothing is read or made until the integration is switched on again; what happens meanwhile is nobody's to tell. */
    isPaused: p.boolean(),
    failure: p.text().$type<SubscriptionFailure>().nullable(),
    failures: p.integer(),
    planTime: p.datetime().nullable(),
    ...lease,
  },
});
export type SubscriptionPlan = InferEntity<typeof SubscriptionPlanEntity>;

/** CREATING: none is there yet, or no more. ACTIVE: the vendor has it. FAILED: it could not be made, and is tried again. */
export type SubscriptionState = 'CREATING' | 'ACTIVE' | 'FAILED';

/** A webhook that the service makes. */
export const SubscriptionEntity = defineEntity({
  name: 'Subscription',
  tableName: 'subscriptions',
  properties: {
    project: p.text().primary(),
    id: p.text().primary(),
    integrationId: p.text(),
    provider: p.text(),
    target: p.text(),
    label: p.text(),
    eventTypes: p.array(),
    settings: p.json<Record<string, string>>(),
    /** False: it is to be removed. */
    isWanted: p.boolean(),
    state: p.text().$type<SubscriptionState>(),
    /** Where the vendor delivers to, and for what: as it was made. */
    address: p.text().nullable(),
    madeKey: p.text().nullable(),
    vendorId: p.text().nullable(),
    handle: p.json<SubscriptionHandle>().nullable(),
    sealedSecret: p.blob().nullable(),
    /** One that was replaced and is still to be removed at the vendor. */
    oldHandle: p.json<SubscriptionHandle>().nullable(),
    oldSealedSecret: p.blob().nullable(),
    /** Of `sealedSecret`; the one before has the number before. */
    secretVersion: p.integer(),
    /** Creations begun since the last one that worked: beyond 0, an answer may have been lost. */
    tries: p.integer(),
    /** Since when its events are wanted. */
    createTime: p.datetime(),
    expireTime: p.datetime().nullable(),
    renewTime: p.datetime().nullable(),
    /** The last moment at which it is known to have delivered what there was. */
    goodTime: p.datetime(),
    /** Set: since then nothing is delivered. */
    lapseTime: p.datetime().nullable(),
    deliveryTime: p.datetime().nullable(),
    /** The last time without deliveries, and whether its events were read afterwards. */
    gapStartTime: p.datetime().nullable(),
    gapEndTime: p.datetime().nullable(),
    gapState: p.text().$type<'OPEN' | 'RECOVERED' | 'LOST'>().nullable(),
    gapCursor: p.text().nullable(),
    failure: p.text().$type<SubscriptionFailure>().nullable(),
    failures: p.integer(),
    ...lease,
  },
});
export type Subscription = InferEntity<typeof SubscriptionEntity>;

/** What is read instead of delivered, and how far. */
export const FeedEntity = defineEntity({
  name: 'Feed',
  tableName: 'feeds',
  properties: {
    project: p.text().primary(),
    id: p.text().primary(),
    integrationId: p.text(),
    provider: p.text(),
    target: p.text(),
    label: p.text(),
    eventTypes: p.array(),
    settings: p.json<Record<string, string>>(),
    /** As the vendor last told it, and as it was when it was last read. */
    version: p.text().nullable(),
    readVersion: p.text().nullable(),
    /** The subscription that the cursor is of, where it is of one. */
    subscriptionVendorId: p.text().nullable(),
    /** Null: it is still to be begun. */
    cursor: p.text().nullable(),
    createTime: p.datetime(),
    readTime: p.datetime().nullable(),
    failure: p.text().$type<SubscriptionFailure>().nullable(),
    failures: p.integer(),
    ...lease,
  },
});
export type Feed = InferEntity<typeof FeedEntity>;
