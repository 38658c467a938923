import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { findInstallation, type Installation, installationAt } from './postgres_package.ts';

export type Owner = { readonly uid: number; readonly gid: number };

export type Home = {
  readonly installation: Installation;
  /** PostgreSQL's data directory; not there before the first start. */
  readonly cluster: string;
  /** Who PostgreSQL runs as where that is not ourselves: it refuses to run as root. */
  readonly owner: Owner | undefined;
};

/**
 * Where PostgreSQL runs from, keeps its files, and as whom. The files lie below `dataDir`, unless we are root and the
 * user postgres cannot get there (a checkout in a private home): then below the temporary directory, which is said.
 * `salt` makes that place's name ours alone.
 */
export function findHome(dataDir: string, salt: string, say: (line: string) => void): Home {
  const installation = findInstallation();
  const cluster = join(dataDir, 'cluster');
  if (process.getuid?.() !== 0) return { installation, cluster, owner: undefined };

  const owner = ownerOf(cluster) ?? postgresUser();
  const reachesData = succeedsAs(owner, '/bin/sh', ['-c', 'cd "$1"', 'sh', dataDir]);
  const reachesPrograms =
    succeedsAs(owner, installation.postgres, ['--version']) &&
    succeedsAs(owner, '/bin/sh', ['-c', 'cd "$1" && test -r .', 'sh', join(installation.root, 'share')]);
  if (reachesData && reachesPrograms) return { installation, cluster, owner };

  const place = join(tmpdir(), `mobius-pg-${createHash('sha256').update(`${dataDir}\n${salt}`).digest('hex').slice(0, 16)}`);
  makePlace(place);
  if (!reachesData) say(`the user postgres cannot reach ${dataDir}; the database lies in ${place}`);
  return {
    installation: reachesPrograms ? installation : copyPrograms(installation, place),
    cluster: reachesData ? cluster : join(place, 'cluster'),
    owner,
  };
}

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
  const made = spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'postgres'], {
    encoding: 'utf8',
  });
  const user = find();
  if (user !== undefined) return user;
  const reason = (made.error?.message ?? made.stderr).trim();
  throw new Error(`PostgreSQL does not run as root, and a user postgres cannot be made (${reason}); set DATABASE_URL`);
}

/** As the owner, from a directory everybody may enter; our supplementary groups are dropped with the user. */
function succeedsAs(owner: Owner, program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { ...owner, cwd: '/', stdio: 'ignore' }).status === 0;
}

/** A directory of ours that everybody may pass through. Refuses one that another user has put there. */
function makePlace(place: string): void {
  if (!existsSync(place)) mkdirSync(place);
  const { uid, mode } = lstatSync(place);
  if (uid !== 0 || (mode & 0o170_000) !== 0o040_000 || (mode & 0o022) !== 0) {
    throw new Error(`${place} is not a directory of root alone; remove it`);
  }
  chmodSync(place, 0o711);
}

/** Copies 60 MB, once a place and version; readable by all whatever our umask was when they were installed. */
function copyPrograms(installation: Installation, place: string): Installation {
  const root = join(place, 'postgresql');
  if (existsSync(root)) return installationAt(root);
  const draft = `${root}.new`;
  rmSync(draft, { recursive: true, force: true });
  cpSync(installation.root, draft, { recursive: true, verbatimSymlinks: true });
  chmodSync(place, 0o711);
  for (const entry of readdirSync(draft, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  }
  for (const directory of [dirname(root), draft]) chmodSync(directory, 0o755);
  renameSync(draft, root);
  return installationAt(root);
}

/** Gives a path to the owner. */
export function give(path: string, owner: Owner | undefined): void {
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
}
