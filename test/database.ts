import { randomUUID } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import { inject } from 'vitest';

export type Database = {
  readonly url: string;
  /** Ends what is still connected. */
  drop(): Promise<void>;
};

/** A migrated, empty database of the test's own. */
export async function cloneDatabase(): Promise<Database> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const { url: postgresUrl, template } = inject('postgres');
  await administer(`create database ${escapeIdentifier(name)} template ${escapeIdentifier(template)}`);
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(`drop database if exists ${escapeIdentifier(name)} with (force)`) };
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
