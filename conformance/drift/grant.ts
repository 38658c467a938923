import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { grantSlice, installedSlice, ownProviders } from '../slices/grant.ts';
import { type Change, changeOf } from './compare.ts';

/** What a workspace's grant makes of the long tail, beside what is installed here: vendors, each with all that is kept of it. */
export function grantChange(workspace: string): Change | undefined {
  const read = (path: string) => JSON.parse(readFileSync(join(workspace, 'node_modules/grant/config', path), 'utf8'));
  const rows = (table: object) => Object.entries(table).map(([id, entry]) => `${id} ${JSON.stringify(entry)}`);
  const pinned = new Set(rows(JSON.parse(installedSlice().table)));
  const newest = new Set(rows(grantSlice(read('oauth.json'), read('profile.json'), ownProviders())));
  return changeOf('connect-only providers', pinned, newest, pinned);
}
