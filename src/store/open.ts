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
import { DataKeyEntity } from '../vault/entity.ts';
import { AppIncidents } from './migrations/app_incidents.ts';
import { Initial } from './migrations/initial.ts';
import { ReferencePages } from './migrations/reference_pages.ts';

export const entities = [
  AuditHeadEntity,
  AuditRecordEntity,
  ConnectSessionEntity,
  ConsumerEntity,
  CredentialEntity,
  CredentialLeaseEntity,
  DataKeyEntity,
  DeliveryKeyEntity,
  HandoverEntity,
  IndexedReferenceEntity,
  IntegrationEntity,
  IntegrationEventEntity,
  PublishedReferenceEntity,
  ReferenceListEntity,
  RefreshEntity,
  RequestReceiptEntity,
  SourceEventEntity,
  WatchedReferenceEntity,
  WebhookSecretEntity,
];

/** In the order they run; only ever appended to. */
const migrations = [
  { name: '0001_initial', class: Initial },
  { name: '0002_reference_pages', class: ReferencePages },
  { name: '0003_app_incidents', class: AppIncidents },
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
export function openPipeline(databaseUrl: string, log: Pick<Logger, 'warn'>): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: 1,
    pipeline: true,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
    idleTimeoutMillis: 0,
    application_name: 'mobius-integrations-audit',
  });
  pool.on('error', err => log.warn({ err }, 'an idle connection of the audit log was lost'));
  return pool;
}

/** Runs the migrations that are missing. Processes that start together take turns by an advisory lock. */
export async function migrate(store: Store): Promise<void> {
  await store.em.fork().transactional(async em => {
    await em.execute(`select pg_advisory_xact_lock(hashtext('mobius.migrate'))`);
    await store.migrator.up();
  });
}
