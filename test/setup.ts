import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../src/dev/postgres.ts';
import { migrateAsOwner, roleOf } from '../src/store/roles.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: {
      /** The test run's PostgreSQL, as a superuser. */
      url: string;
      /** The same as the role of the service, which owns nothing. */
      serviceUrl: string;
      /** The database to clone: migrated, empty, without connections. */
      template: string;
    };
  }
}

/** One PostgreSQL for the whole run. It writes through the system's cache only: no test pulls the plug. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'mobius-test-'));
  // As root: PostgreSQL runs as another user, who must pass.
  chmodSync(dataDir, 0o755);
  const settings = { fsync: 'off', full_page_writes: 'off', shared_buffers: '64MB' };
  const postgres = await startPostgres({ dataDir, settings, isTemporary: true }).catch(error => {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  });
  const template = 'mobius_template';
  try {
    const url = await postgres.createDatabase(template);
    const serviceUrl = await postgres.asRole(url, 'mobius_service');
    await migrateAsOwner(url, roleOf(serviceUrl));
    project.provide('postgres', { url: postgres.url, serviceUrl, template });
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return postgres.stop;
}
