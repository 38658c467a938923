import { escapeIdentifier } from 'pg';
import { migrate, openStore, type Store } from './open.ts';

/** The role that a database URL logs in as. */
export function roleOf(databaseUrl: string): string {
  return decodeURIComponent(new URL(databaseUrl).username);
}

/**
 * Migrates as the owner of the tables, and grants the service's role what it needs and no more: it owns nothing, so it can
 * neither change or remove audit records nor take the triggers away that refuse it.
 */
export async function migrateAsOwner(ownerUrl: string, serviceRole: string): Promise<void> {
  const store = await openStore(ownerUrl, 2);
  try {
    await migrate(store);
    await grantService(store, serviceRole);
  } finally {
    await store.close(true);
  }
}

async function grantService(store: Store, serviceRole: string): Promise<void> {
  const em = store.em.fork();
  const [known] = await em.execute<{ rolsuper: boolean; is_owner: boolean }[]>(
    `select r.rolsuper, pg_has_role(r.oid, c.relowner, 'member') as is_owner
     from pg_roles r, pg_class c where r.rolname = ? and c.oid = 'audit_records'::regclass`,
    [serviceRole],
  );
  if (known === undefined) throw new Error(`the role ${serviceRole} of DATABASE_URL does not exist; create it first`);
  if (known.rolsuper || known.is_owner) {
    throw new Error(`the role ${serviceRole} of DATABASE_URL may do all that the owner may; give the service another`);
  }
  const role = escapeIdentifier(serviceRole);
  await em.execute(`
    grant usage on schema public to ${role};
    grant select, insert, update, delete on all tables in schema public to ${role};
    revoke update, delete, truncate on audit_records from ${role};
    revoke delete, truncate on audit_heads from ${role};
    revoke insert, update, delete, truncate on migrations from ${role};
  `);
}
