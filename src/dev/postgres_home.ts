import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInstallation, type Installation, installationAt } from './postgres_package.ts';

export type Owner = { readonly uid: number; readonly gid: number };

export type Home = {
  readonly installation: Installation;
  /** PostgreSQL's data directory; not there before the first start. */
  readonly cluster: string;
  /** The directory outside `dataDir` that holds the cluster, where it had to go there. */
  readonly place: string | undefined;
  /** Who PostgreSQL runs as where that is not ourselves: it refuses to run as root. */
  readonly owner: Owner | undefined;
};

/**
 * Where PostgreSQL runs from, keeps its files, and as whom. The files lie below `dataDir`, unless we are root and the
 * user postgres cannot get there (a checkout in a private home): then below the temporary directory, which is said.
 * `salt` tells a data directory from the one that was at its path before.
 */
export function findHome(dataDir: string, salt: string, say: (line: string) => void): Home {
  const installation = findInstallation();
  const cluster = join(dataDir, 'cluster');
  if (process.getuid?.() !== 0) return { installation, cluster, place: undefined, owner: undefined };

  const owner = ownerOf(cluster) ?? postgresUser();
  const runsPrograms =
    succeedsAs(owner, installation.postgres, ['--version']) && canEnter(owner, join(installation.root, 'share'));
  const home = { installation: runsPrograms ? installation : copyPrograms(installation, owner), owner };
  if (canEnter(owner, dataDir)) return { ...home, cluster, place: undefined };
  const place = makePlace(`mobius-pg-${digest(`${dataDir}\n${salt}`)}`, owner);
  say(`the user postgres cannot reach ${dataDir}; the database lies in ${place}`);
  return { ...home, cluster: join(place, 'cluster'), place };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Who a cluster made earlier belongs to; root cannot own one. */
function ownerOf(cluster: string): Owner | undefined {
  const found = statSync(cluster, { throwIfNoEntry: false });
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

function postgresUser(): Owner {
  const find = (): Owner | undefined => {
    const [uid, gid] = ['-u', '-g'].map(flag => spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    return uid?.status === 0 && gid?.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined;
  };
  const known = find();
  if (known !== undefined) return known;
  const made = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'postgres'],
    {
      encoding: 'utf8',
    },
  );
  const user = find();
  if (user !== undefined) return user;
  const reason = (made.error?.message ?? made.stderr).trim();
  throw new Error(`PostgreSQL does not run as root, and a user postgres cannot be made (${reason}); set DATABASE_URL`);
}

/** As the owner, from a directory everybody may enter; our supplementary groups are dropped with the user. */
function succeedsAs(owner: Owner, program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { ...owner, cwd: '/', stdio: 'ignore' }).status === 0;
}

const canEnter = (owner: Owner, directory: string): boolean =>
  succeedsAs(owner, '/bin/sh', ['-c', 'cd "$1" && test -r .', 'sh', directory]);

/** A temporary directory of root's that everybody may enter. Refuses one that another user has put there. */
function makePlace(name: string, owner: Owner): string {
  const parent = [tmpdir(), '/tmp', '/var/tmp'].find(directory => canEnter(owner, directory));
  if (parent === undefined) throw new Error('the user postgres can enter no temporary directory; set DATABASE_URL');
  const place = join(parent, name);
  if (!existsSync(place)) mkdirSync(place);
  const found = lstatSync(place);
  if (found.uid !== 0 || !found.isDirectory() || (found.mode & 0o022) !== 0) {
    throw new Error(`${place} is not a directory of root alone; remove it`);
  }
  chmodSync(place, 0o755);
  return place;
}

/** Copies the programs (60 MB, once) to where the owner can run them, whatever umask they were installed under. */
function copyPrograms(installation: Installation, owner: Owner): Installation {
  const { mtimeMs } = statSync(installation.postgres);
  const place = makePlace(`mobius-postgresql-${digest(`${installation.root}\n${mtimeMs}`)}`, owner);
  const root = join(place, 'native');
  if (existsSync(root)) return installationAt(root);
  const draft = mkdtempSync(join(place, 'draft-'));
  cpSync(installation.root, draft, { recursive: true, verbatimSymlinks: true });
  chmodSync(draft, 0o755);
  for (const entry of readdirSync(draft, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  }
  try {
    renameSync(draft, root);
  } catch (error) {
    // Another process was faster.
    if (!existsSync(root)) throw error;
    rmSync(draft, { recursive: true });
  }
  return installationAt(root);
}

/** Gives a path to the owner. */
export function give(path: string, owner: Owner | undefined): void {
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
}
