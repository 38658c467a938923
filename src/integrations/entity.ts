import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { AuthKind } from '../providers/provider.ts';

export type IntegrationStatus = 'ACTIVE' | 'INACTIVE' | 'EXPIRED';

/** Names of ReadinessCause. With an ACTIVE status: it works, but will stop. */
export type HealthCause =
  | 'EXPIRED'
  | 'SCOPE_MISSING'
  | 'PROVIDER_OUTAGE'
  | 'PLATFORM_APP_MISSING'
  /** Events do not come; actions and references do not mind. */
  | 'SUBSCRIPTION_LAPSED';

export const IntegrationEntity = defineEntity({
  name: 'Integration',
  tableName: 'integrations',
  properties: {
    project: p.text().primary(),
    id: p.text().primary(),
    provider: p.text(),
    name: p.text(),
    isDefault: p.boolean(),
    status: p.text().$type<IntegrationStatus>(),
    healthCause: p.text().$type<HealthCause>().nullable(),
    healthSince: p.datetime().nullable(),
    healthMessage: p.text().nullable(),
    accountId: p.text(),
    accountLabel: p.text(),
    accountUrl: p.text().nullable(),
    authKind: p.text().$type<AuthKind>(),
    config: p.json<Record<string, unknown>>(),
    requestedScopes: p.array(),
    /** Null: the vendor did not say. */
    grantedScopes: p.array().nullable(),
    tags: p.json<Record<string, string>>(),
    createdBy: p.text(),
    createTime: p.datetime(),
    updateTime: p.datetime(),
    /** Counts every change of the row; the etag. */
    revision: p.integer(),
    /** Counts changes of what the credential may do: a new consent, a status, a revocation. What is late names an older one. */
    generation: p.integer(),
  },
});
export type Integration = InferEntity<typeof IntegrationEntity>;

/** EXCHANGING: its `state` came back and is spent; the outcome is not known yet. */
export type SessionStatus = 'PENDING' | 'EXCHANGING' | 'COMPLETED' | 'FAILED';

/** One attempt to connect by redirect: single use, ten minutes. */
export const ConnectSessionEntity = defineEntity({
  name: 'ConnectSession',
  tableName: 'connect_sessions',
  properties: {
    project: p.text().primary(),
    id: p.text().primary(),
    provider: p.text(),
    authKind: p.text().$type<AuthKind>(),
    status: p.text().$type<SessionStatus>(),
    /** Set: a reconnect of that integration. */
    integrationId: p.text().nullable(),
    /** What the caller asked for: name, config, tags, default, whether another account will do. */
    wish: p.json<ConnectWish>(),
    scopes: p.array(),
    returnUrl: p.text().nullable(),
    /** SHA-256 of the nonce in the browser that opened the link; null until one did. */
    nonceHash: p.blob().nullable(),
    sealedVerifier: p.blob().nullable(),
    /** The client registered for it where the authorization server is the customer's. */
    sealedClient: p.blob().nullable(),
    failureReason: p.text().nullable(),
    failureMessage: p.text().nullable(),
    createdBy: p.text(),
    createTime: p.datetime(),
    expireTime: p.datetime(),
  },
});
export type ConnectSession = InferEntity<typeof ConnectSessionEntity>;

export type ConnectWish = {
  readonly name?: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly makeDefault: boolean;
  readonly allowOtherAccount: boolean;
  /** Set: a rotation, which keeps the credential before for so long and leaves what a person switched off as it is. */
  readonly overlapMs?: number;
};

/** The first answer to a create, given again when its `request_id` comes again. */
export const RequestReceiptEntity = defineEntity({
  name: 'RequestReceipt',
  tableName: 'request_receipts',
  properties: {
    project: p.text().primary(),
    requestId: p.text().primary(),
    method: p.text(),
    /** SHA-256 of the request: another request under the same id is refused. */
    requestHash: p.blob(),
    answer: p.json<Record<string, string>>(),
    createTime: p.datetime(),
  },
});
export type RequestReceipt = InferEntity<typeof RequestReceiptEntity>;
