import { Socket } from 'node:net';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Pool } from 'pg';
import type { Logger } from 'pino';
import { AuditHeadEntity, AuditRecordEntity } from '../audit/entity.ts';
import { CredentialEntity, CredentialLeaseEntity, RefreshEntity, WebhookSecretEntity } from '../credentials/entity.ts';
import {
  ConsumerEntity,
  DeliveryKeyEntity,
  HandoverEntity,
  IntegrationEventEntity,
  SourceEventEntity,
} from '../events/entity.ts';
import { ConnectSessionEntity, IntegrationEntity, RequestReceiptEntity } from '../integrations/entity.ts';
import {
  IndexedReferenceEntity,
  PublishedReferenceEntity,
  ReferenceListEntity,
  WatchedReferenceEntity,
} from '../references/entity.ts';
import { FeedEntity, SubscriptionEntity, SubscriptionPlanEntity } from '../subscriptions/entity.ts';
import { DataKeyEntity } from '../vault/entity.ts';
import { AppIncidents } from './migrations/app_incidents.ts';
import { CheaperLeases } from './migrations/cheaper_leases.ts';
import { Initial } from './migrations/initial.ts';
import { PlainPayloads } from './migrations/plain_payloads.ts';
import { ReferencePages } from './migrations/reference_pages.ts';
import { RegisteredClients } from './migrations/registered_clients.ts';
import { SubscriptionTables } from './migrations/subscriptions.ts';

export const entities = [
  AuditHeadEntity,
  AuditRecordEntity,
  ConnectSessionEntity,
  ConsumerEntity,
  CredentialEntity,
  CredentialLeaseEntity,
  DataKeyEntity,
  DeliveryKeyEntity,
  FeedEntity,
  HandoverEntity,
  IndexedReferenceEntity,
  IntegrationEntity,
  IntegrationEventEntity,
  PublishedReferenceEntity,
  ReferenceListEntity,
  RefreshEntity,
  RequestReceiptEntity,
  SourceEventEntity,
  SubscriptionEntity,
  SubscriptionPlanEntity,
  WatchedReferenceEntity,
  WebhookSecretEntity,
];

/** In the order they run; only ever appended to. */
const migrations = [
  { name: '0001_initial', class: Initial },
  { name: '0002_reference_pages', class: ReferencePages },
  { name: '0003_app_incidents', class: AppIncidents },
  { name: '0004_subscriptions', class: SubscriptionTables },
  { name: '0005_cheaper_leases', class: CheaperLeases },
  { name: '0006_registered_clients', class: RegisteredClients },
  { name: '0007_plain_payloads', class: PlainPayloads },
];

export type Store = MikroORM;

/** Opens the pool; the first query connects. */
export async function openStore(databaseUrl: string, poolMax: number): Promise<Store> {
  return MikroORM.init({
    clientUrl: databaseUrl,
    entities,
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false, tableName: 'migrations' },
    pool: { min: 0, max: poolMax },
    driverOptions: {
      connectionTimeoutMillis: 5_000,
      statement_timeout: 15_000,
      application_name: 'mobius-integrations',
    },
    logger: () => undefined,
    debug: false,
  });
}

/** One connection on which statements do not wait for one another's answers. */
export function openPipeline(databaseUrl: string, purpose: string, log: Pick<Logger, 'warn'>): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: 1,
    pipeline: true,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
    idleTimeoutMillis: 0,
    application_name: `mobius-integrations-${purpose}`,
    stream: gatheringSocket,
  });
  pool.on('error', err => log.warn({ err, purpose }, 'an idle pipelining connection was lost'));
  return pool;
}

/**
 * Connections whose plans use indexes alone. What looks each row up by its key, in a `lateral` subquery that the planner cannot
 * turn into a join, has the right plan there whatever the statistics say.
 */
export function openKeyed(databaseUrl: string, log: Pick<Logger, 'warn'>): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: KEYED_MAX,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
    idleTimeoutMillis: 0,
    application_name: 'mobius-integrations-keyed',
    onConnect: client => client.query(INDEXES_ONLY),
  });
  pool.on('error', err => log.warn({ err }, 'an idle connection for handovers was lost'));
  return pool;
}

const KEYED_MAX = 4;
/** A plan made over a table of a page scans it, or sorts what an index has in order, and is kept while the table grows. */
const INDEXES_ONLY = `set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off;
  set enable_incremental_sort = off; set plan_cache_mode = force_generic_plan`;

/**
 * What is written in one turn goes out as one: pg writes each statement by itself, and the system calls were a third of
 * what a batch of audit records cost us.
 */
function gatheringSocket(): Socket {
  const socket = new Socket();
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let isGathering = false;
  const release = (): void => {
    isGathering = false;
    socket.uncork();
  };
  socket.write = ((...args: unknown[]): boolean => {
    if (!isGathering) {
      isGathering = true;
      socket.cork();
      process.nextTick(release);
    }
    return write(...args);
  }) as Socket['write'];
  return socket;
}

/** Runs the migrations that are missing. Processes that start together take turns by an advisory lock. */
export async function migrate(store: Store): Promise<void> {
  await store.em.fork().transactional(async em => {
    await em.execute(`select pg_advisory_xact_lock(hashtext('mobius.migrate'))`);
    await store.migrator.up();
  });
}
