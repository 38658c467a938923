import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ConnectOnlyEntry, ConnectOnlyTable } from '../../src/connect_only/entry.ts';
import { leftOut } from './grant_left_out.ts';

/**
 * `node conformance/slices/grant.ts` writes src/connect_only/table.json: of grant's table the vendors with OAuth 2 that are no
 * provider of their own. OAuth 1 is left out: each of its requests is signed by itself, and what the service hands out are
 * headers that are ready to send.
 */

export type GrantConfig = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

const root = new URL('../../', import.meta.url);
const require = createRequire(import.meta.url);

/** The slice of a version of grant's files config/oauth.json and config/profile.json. Throws for what it cannot express. */
export function grantSlice(oauth: GrantConfig, profiles: GrantConfig, own: ReadonlySet<string>): ConnectOnlyTable {
  const entries = Object.entries(oauth)
    .filter(([name, vendor]) => vendor.oauth === 2 && leftOut[name] === undefined && !own.has(idOf(name)))
    .map(([name, vendor]) => [idOf(name), entryOf(vendor, profiles[name]?.profile_url)] as const);
  const twice = entries.filter(([id], index) => entries.findIndex(([other]) => other === id) !== index);
  if (twice.length > 0) throw new Error(`ids that several vendors have: ${twice.map(([id]) => id).join(', ')}`);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A final 2 parts OAuth 2 from an OAuth 1 of the same vendor, which is not taken; and no id begins with a digit. */
export function idOf(name: string): string {
  const id = name.replace(/2$/, '').replace(/^(?=\d)/, 'n_');
  if (!/^[a-z][a-z0-9_]{1,30}$/.test(id)) throw new Error(`${name} makes no id`);
  return id;
}

function entryOf(vendor: GrantConfig[string], profile: string | number | undefined): ConnectOnlyEntry {
  return {
    authorize: addressOf(vendor.authorize_url),
    token: addressOf(vendor.access_url),
    ...(profile ? { profile: addressOf(profile) } : {}),
    // `+` is how a blank is written in a query.
    separator: vendor.scope_delimiter === ' ' || vendor.scope_delimiter === '+' ? ' ' : ',',
  };
}

/** What stands before the vendor's domain may differ by customer. */
function addressOf(url: string | number | undefined): string {
  const address = String(url).replace('[subdomain]', '{subdomain}');
  if (!/^https:\/\/(\{subdomain\}\.)?[\w-]+(\.[\w-]+)+(\/[\w./@-]*)?$/.test(address))
    throw new Error(`${address} is no plain https address`);
  return address;
}

/** The providers that have a folder. */
export function ownProviders(): ReadonlySet<string> {
  const folders = readdirSync(new URL('src/providers/', root), { withFileTypes: true });
  return new Set(folders.filter(entry => entry.isDirectory()).map(({ name }) => name));
}

/** The slice of the version that is installed, as the file has it. */
export function installedSlice(): { readonly table: string; readonly notice: string } {
  const read = (path: string): string => readFileSync(require.resolve(`grant/${path}`), 'utf8');
  const { version } = JSON.parse(read('package.json')) as { readonly version: string };
  const table = grantSlice(
    JSON.parse(read('config/oauth.json')),
    JSON.parse(read('config/profile.json')),
    ownProviders(),
  );
  return {
    table: `${JSON.stringify(table, undefined, 2)}\n`,
    notice: `table.json is made from config/oauth.json and config/profile.json of grant ${version}.\n\n${read('LICENSE')}`,
  };
}

const files = { table: new URL('src/connect_only/table.json', root), notice: new URL('src/connect_only/NOTICE', root) };

/** Whether the files are what this makes of the version that is installed. */
export function isGrantSliceCurrent(): boolean {
  const { table, notice } = installedSlice();
  return table === readFileSync(files.table, 'utf8') && notice === readFileSync(files.notice, 'utf8');
}

if (import.meta.main) {
  const { table, notice } = installedSlice();
  writeFileSync(files.table, table);
  writeFileSync(files.notice, notice);
  console.log(`${Object.keys(JSON.parse(table)).length} connect-only providers, ${table.length} bytes`);
}
