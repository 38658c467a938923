import type { Pool } from 'pg';
import { networkFetch } from '../src/outbound.ts';
import { createLogger } from '../src/rpc/log.ts';
import { Secret } from '../src/secret.ts';
import { openChanges } from '../src/store/changes.ts';
import { migrate, openStore } from '../src/store/open.ts';
import { openKeyring } from '../src/vault/open_keyring.ts';
import { createVault } from '../src/vault/vault.ts';
import type { Ground } from './ground.ts';

export type Seeded = { readonly project: string; readonly id: string };

/** Of these the credentials are real; those beyond are copies that only take up room. */
export const OPENABLE = 1_000;
const PER_PROJECT = 10;

/** Integrations with sealed credentials, ten a project, migrating the database first. */
export async function seedIntegrations(ground: Ground): Promise<readonly Seeded[]> {
  const store = await openStore(ground.databaseUrl, 2);
  const log = createLogger({ level: 'silent' });
  const changes = await openChanges(ground.databaseUrl, log);
  const keyring = await openKeyring(ground.environment.MOBIUS_KEYRING ?? '', { fetch: networkFetch });
  try {
    await migrate(store);
    const vault = createVault(store, keyring, changes, () => new Date());
    const seeded = Array.from({ length: OPENABLE }, (_, i) => seedAt(i));
    const sealed: Buffer[] = [];
    for (const { project, id } of seeded) {
      const place = { project, integrationId: id, field: 'credential', version: 1 };
      sealed.push(await vault.seal(place, { access_token: new Secret(`xoxb-bench-${id}-0123456789abcdef`) }));
    }
    await insert(ground, seeded, sealed);
    await ground.db.query('analyze');
    return seeded;
  } finally {
    keyring.close();
    await changes.close();
    await store.close(true);
  }
}

/** More of the copies, up to `total`. */
export async function fill(db: Pool, from: number, total: number): Promise<void> {
  const chunk = 50_000;
  for (let start = from; start < total; start += chunk) {
    const end = Math.min(start + chunk, total) - 1;
    const rows = `generate_series(${start}, ${end}) n, lateral (select 'bench-' || n / ${PER_PROJECT} as project,
      'intg_' || lpad(n::text, 26, '0') as id) at`;
    await db.query(`insert into integrations ${columnsFrom('n', 'at')} from ${rows}`);
    await db.query(
      `insert into credentials (project, integration_id, version, state, sealed, fingerprint, issue_time, refreshable, created_by)
       select at.project, at.id, 1, 'CURRENT', decode(repeat('ab', 110), 'hex'), '0123456789abcdef', now(), false, 'bench' from ${rows}`,
    );
  }
  if (total > from) await db.query('vacuum (analyze) integrations, credentials');
}

function seedAt(n: number): Seeded {
  return { project: `bench-${Math.floor(n / PER_PROJECT)}`, id: `intg_${String(n).padStart(26, '0')}` };
}

async function insert(ground: Ground, seeded: readonly Seeded[], sealed: readonly Buffer[]): Promise<void> {
  const [projects, ids] = [seeded.map(s => s.project), seeded.map(s => s.id)];
  const rows = 'unnest($1::text[], $2::text[]) with ordinality at (project, id, n)';
  await ground.db.query(`insert into integrations ${columnsFrom('n', 'at')} from ${rows}`, [projects, ids]);
  await ground.db.query(
    `insert into credentials (project, integration_id, version, state, sealed, secret_fields, fingerprint, issue_time, refreshable, created_by)
     select project, id, 1, 'CURRENT', sealed, '{access_token}', '0123456789abcdef', now(), false, 'bench'
     from unnest($1::text[], $2::text[], $3::bytea[]) at (project, id, sealed)`,
    [projects, ids, sealed],
  );
}

function columnsFrom(n: string, at: string): string {
  return `(project, id, provider, name, is_default, status, account_id, account_label, auth_kind, config,
      requested_scopes, granted_scopes, tags, created_by, create_time, update_time, revision, generation)
    select ${at}.project, ${at}.id, 'slack', 'Workspace ' || ${n}, false, 'ACTIVE', 'T' || ${n}, 'Workspace ' || ${n},
      'OAUTH2', '{}', '{chat:write}', '{chat:write,channels:read}', '{}', 'bench', now(), now(), 1, 1`;
}
