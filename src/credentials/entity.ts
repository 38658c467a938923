import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

export type CredentialState = 'CURRENT' | 'OVERLAP' | 'DESTROYED';

export type RevocationOutcome = 'REVOKED' | 'NOT_SUPPORTED' | 'FAILED';

/** One version of an integration's credential, sealed. Exactly one version is CURRENT. */
export const CredentialEntity = defineEntity({
  name: 'Credential',
  tableName: 'credentials',
  properties: {
    project: p.text().primary(),
    integrationId: p.text().primary(),
    version: p.integer().primary(),
    state: p.text().$type<CredentialState>(),
    /** The secrets by name, sealed; null once destroyed. */
    sealed: p.blob().nullable(),
    /** The names of the secrets in `sealed`, without the webhook's; null where they were not noted. */
    secretFields: p.array().nullable(),
    /** The short-lived token minted from it, sealed; null where none was minted or none is needed. */
    sealedMinted: p.blob().nullable(),
    mintedExpireTime: p.datetime().nullable(),
    /** The first 16 hex digits of a keyed hash: tells two values apart, reveals neither. */
    fingerprint: p.text(),
    issueTime: p.datetime(),
    expireTime: p.datetime().nullable(),
    refreshable: p.boolean(),
    createdBy: p.text(),
    /** When its overlap ends, or when it was destroyed; null while CURRENT. */
    destroyTime: p.datetime().nullable(),
    /** What became of it at the vendor; null where nothing was tried. */
    revocation: p.text().$type<RevocationOutcome>().nullable(),
  },
});
export type Credential = InferEntity<typeof CredentialEntity>;

/** One version of the secret that signs deliveries to the integration's own endpoint, sealed. */
export const WebhookSecretEntity = defineEntity({
  name: 'WebhookSecret',
  tableName: 'webhook_secrets',
  properties: {
    project: p.text().primary(),
    integrationId: p.text().primary(),
    /** Counted apart from the credential's. */
    version: p.integer().primary(),
    state: p.text().$type<CredentialState>(),
    /** Its name in the method's form. */
    field: p.text(),
    sealed: p.blob().nullable(),
    fingerprint: p.text(),
    createTime: p.datetime(),
    createdBy: p.text(),
    destroyTime: p.datetime().nullable(),
    /** Deliveries verified with it since it was replaced. */
    overlapDeliveries: p.integer(),
  },
});
export type WebhookSecret = InferEntity<typeof WebhookSecretEntity>;

/**
 * IDLE: nothing under way. INTENT: the refresh token is being sent. ANSWERED: the vendor's answer is kept and waits for
 * the swap. UNKNOWN: it was sent and the answer is lost.
 */
export type RefreshState = 'IDLE' | 'INTENT' | 'ANSWERED' | 'UNKNOWN';

/** The refresh of an integration's credential: one at a time, whichever the process. */
export const RefreshEntity = defineEntity({
  name: 'Refresh',
  tableName: 'refreshes',
  properties: {
    project: p.text().primary(),
    integrationId: p.text().primary(),
    /** The credential version whose refresh token it spends, under the consent of that generation. */
    version: p.integer(),
    generation: p.integer(),
    state: p.text().$type<RefreshState>(),
    holder: p.text(),
    /** By the store's clock. */
    leaseEndTime: p.datetime(),
    sealedAnswer: p.blob().nullable(),
    failure: p.text().nullable(),
    failures: p.integer(),
    /** Not before then. */
    nextTime: p.datetime().nullable(),
    dayStartTime: p.datetime(),
    dayTries: p.integer(),
  },
});
export type Refresh = InferEntity<typeof RefreshEntity>;

/** Who holds a credential now, what for and until when. */
export const CredentialLeaseEntity = defineEntity({
  name: 'CredentialLease',
  tableName: 'credential_leases',
  properties: {
    project: p.text().primary(),
    id: p.text().primary(),
    /** Empty: the operator's own credential. */
    integrationId: p.text(),
    provider: p.text(),
    version: p.integer(),
    caller: p.text(),
    purpose: p.text(),
    runId: p.text(),
    createTime: p.datetime(),
    expireTime: p.datetime(),
    releaseTime: p.datetime().nullable(),
    /** When the credential was revoked or withdrawn while the lease ran. */
    revokeTime: p.datetime().nullable(),
  },
});
export type CredentialLease = InferEntity<typeof CredentialLeaseEntity>;
