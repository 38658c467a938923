import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { AuditLog } from './audit/log.ts';
import type { HotRows } from './credentials/rows.ts';
import type { EventSettings } from './events/settings.ts';
import type { Flights } from './flights.ts';
import type { Fetch } from './outbound.ts';
import type { Lookup } from './outbound_pinned.ts';
import type { Platform } from './platform.ts';
import type { LiveCatalog } from './providers/live_catalog.ts';
import type { Access } from './rpc/access.ts';
import type { Metrics } from './rpc/metrics.ts';
import type { Changes } from './store/changes.ts';
import type { Store } from './store/open.ts';
import type { Statements } from './store/sql.ts';
import type { Keyring } from './vault/keyring.ts';
import type { Vault } from './vault/vault.ts';

/** Everything a domain function may use of the world. Made once at start, passed down by hand. */
export type Deps = {
  /** Fork its EntityManager once a call: `deps.store.em.fork()`. */
  readonly store: Store;
  /** For what is looked up by key, often, in no transaction: see openKeyed. */
  readonly keyed: Statements;
  /** What other processes changed. */
  readonly changes: Changes;
  /** One pipelining connection for what is delivered: it waits for no other work of the store. */
  readonly deliveryPool: Pool;
  readonly vault: Vault;
  /** For reads that are checked when they are put on record. */
  readonly hotRows: HotRows;
  /** For looking after the keys; sealing and opening go through the vault. */
  readonly keyring: Keyring;
  /** For reads of secrets; changes append their record in their own transaction. */
  readonly audit: AuditLog;
  readonly access: Access;
  readonly platform: Platform;
  /** The providers and their items by name, as they are at that moment. */
  readonly catalog: LiveCatalog;
  /** The only network; provider calls go through openCall. */
  readonly fetch: Fetch;
  /** The resolver of host names that callers bring. */
  readonly lookup: Lookup;
  readonly now: () => Date;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** One at a time in this process, by key. */
  readonly flights: Flights;
  /** What the operator decides about deliveries and events. */
  readonly events: EventSettings;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Base of callback and webhook URLs as the internet sees them; known once the edge listens. */
  readonly publicUrl: () => string;
  /** Aborted when the service drains: streams and long polls end. */
  readonly stopping: AbortSignal;
};
