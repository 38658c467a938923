import { randomUUID } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import { inject } from 'vitest';

export type Database = {
  /** As a superuser. */
  readonly url: string;
  /** As the role of the service. */
  readonly serviceUrl: string;
  /** Ends what is still connected. */
  drop(): Promise<void>;
};

/** A migrated, empty database of the test's own. */
export async function cloneDatabase(): Promise<Database> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const { url: postgresUrl, serviceUrl, template } = inject('postgres');
  await administer(`create database ${escapeIdentifier(name)} template ${escapeIdentifier(template)}`);
  const at = (base: string): string => Object.assign(new URL(base), { pathname: `/${name}` }).href;
  return {
    url: at(postgresUrl),
    serviceUrl: at(serviceUrl),
    drop: () => administer(`drop database if exists ${escapeIdentifier(name)} with (force)`),
  };
}

async function administer(sql: string): Promise<void> {
  const client = new Client({ connectionString: inject('postgres').url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
