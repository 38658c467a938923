import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { createWake } from '../events/wake.ts';
import type { Caller } from '../rpc/caller.ts';
import { pgArray } from '../store/sql.ts';
import { REFRESHER } from './store.ts';

export type CredentialChange = {
  readonly project: string;
  readonly integrationId: string;
  readonly provider: string;
  readonly kind: 'REFRESHED' | 'ROTATED' | 'WITHDRAWN' | 'RESTORED' | 'CONNECTED' | 'MADE_DEFAULT';
  readonly version: number;
  readonly time: Date;
};

/** What a watcher knows of one integration. */
type Standing = {
  readonly project: string;
  readonly id: string;
  readonly provider: string;
  readonly isUsable: boolean;
  readonly isDefault: boolean;
  /** 0: there is no current credential. */
  readonly version: number;
  readonly isRefreshed: boolean;
};

const PERMISSION = 'credentials.resolve';
/** A message at least this often; and everything is read anew, in case an announcement was lost. */
const SIGN_OF_LIFE_MS = 20_000;
/** At most this many in one message. */
const MAX_CHANGES = 10_000;

/**
 * Tells of what changes, in whichever process it does; the first message is empty and says that the watch is in force.
 * Only integrations that the caller may resolve, those that come later too. Ends quietly on `signal`; throws
 * SHUTTING_DOWN when the service drains and PERMISSION_MISSING when a named project is no longer granted.
 */
export async function* watchCredentials(
  deps: Deps,
  caller: Caller,
  request: { readonly projects: readonly string[]; readonly providers: readonly string[] },
  signal: AbortSignal,
): AsyncGenerator<readonly CredentialChange[]> {
  const wake = createWake();
  /** The projects to read anew; 'ALL' after the connection was lost for a while. */
  let stale: Set<string> | 'ALL' = 'ALL';
  const stops = [
    deps.changes.subscribe('integration_changed', project => {
      if (project === undefined) stale = 'ALL';
      else if (stale !== 'ALL') stale.add(project);
      wake.ring();
    }),
    deps.access.onChange(() => {
      stale = 'ALL';
      wake.ring();
    }),
  ];
  signal.addEventListener('abort', wake.ring);
  deps.stopping.addEventListener('abort', wake.ring);
  const known = new Map<string, Standing>();
  let isFirst = true;
  try {
    let toldMs = performance.now();
    while (!signal.aborted) {
      if (deps.stopping.aborted) throw new IntegrationError('SHUTTING_DOWN', {}, { retryDelayMs: 1_000 });
      const isDue = performance.now() - toldMs >= SIGN_OF_LIFE_MS;
      const read: ReadonlySet<string> | 'ALL' = isDue ? 'ALL' : stale;
      stale = new Set();
      const granted = projectsNow(deps, caller, request.projects);
      const changes =
        read === 'ALL' || read.size > 0 ? await readChanges(deps, caller, request.providers, granted, read, known) : [];
      if (isFirst) yield [];
      else {
        for (let i = 0; i < changes.length; i += MAX_CHANGES) yield changes.slice(i, i + MAX_CHANGES);
        if (changes.length === 0 && isDue) yield [];
      }
      if (isFirst || isDue || changes.length > 0) toldMs = performance.now();
      isFirst = false;
      await wake.wait(Math.max(0, SIGN_OF_LIFE_MS - (performance.now() - toldMs)));
    }
  } finally {
    for (const stop of stops) stop();
    signal.removeEventListener('abort', wake.ring);
    deps.stopping.removeEventListener('abort', wake.ring);
  }
}

/** Asked at each turn, so that a grant taken away counts at once. */
function projectsNow(deps: Deps, caller: Caller, wanted: readonly string[]): '*' | readonly string[] {
  if (wanted.includes('*')) {
    if (!deps.access.permits(caller, PERMISSION)) throw missing();
    return deps.access.grantedProjects(caller, PERMISSION);
  }
  const refused = wanted.find(project => !deps.access.permits(caller, PERMISSION, project));
  if (refused !== undefined) throw missing(refused);
  return wanted;
}

function missing(project?: string): IntegrationError {
  return new IntegrationError('PERMISSION_MISSING', {
    permission: PERMISSION,
    ...(project !== undefined && { project }),
  });
}

/** Reads how the credentials of these projects stand, answers what is different and remembers it. */
async function readChanges(
  deps: Deps,
  caller: Caller,
  providers: readonly string[],
  granted: '*' | readonly string[],
  projects: ReadonlySet<string> | 'ALL',
  known: Map<string, Standing>,
): Promise<CredentialChange[]> {
  const wanted =
    projects === 'ALL' ? granted : granted === '*' ? [...projects] : granted.filter(project => projects.has(project));
  const standings = (await readStandings(deps, wanted, providers)).filter(standing =>
    deps.access.permitsProvider(caller, standing.provider, PERMISSION, standing.project),
  );
  const now = new Map(standings.map(standing => [keyOf(standing), standing]));
  const time = deps.now();
  const changes: CredentialChange[] = [];
  const tell = (of: Standing, kind: CredentialChange['kind'], version: number): void => {
    changes.push({ project: of.project, integrationId: of.id, provider: of.provider, kind, version, time });
  };
  for (const [key, before] of known) {
    if ((projects !== 'ALL' && !projects.has(before.project)) || now.has(key)) continue;
    if (before.isUsable) tell(before, 'WITHDRAWN', 0);
    known.delete(key);
  }
  for (const [key, after] of now) {
    const before = known.get(key);
    known.set(key, after);
    if (before === undefined) {
      tell(after, 'CONNECTED', after.version);
      continue;
    }
    if (!before.isDefault && after.isDefault) tell(after, 'MADE_DEFAULT', after.version);
    if (before.isUsable && !after.isUsable) tell(after, 'WITHDRAWN', after.version);
    else if (!before.isUsable && after.isUsable) tell(after, 'RESTORED', after.version);
    else if (after.isUsable && after.version !== before.version) {
      tell(after, after.isRefreshed ? 'REFRESHED' : 'ROTATED', after.version);
    }
  }
  return changes;
}

const keyOf = ({ project, id }: Standing): string => `${project}/${id}`;

async function readStandings(
  deps: Deps,
  projects: '*' | readonly string[],
  providers: readonly string[],
): Promise<readonly Standing[]> {
  if (projects !== '*' && projects.length === 0) return [];
  const conditions = [
    ...(projects === '*' ? [] : ['i.project = any(?::text[])']),
    ...(providers.length === 0 ? [] : ['i.provider = any(?::text[])']),
  ];
  const values = [projects === '*' ? [] : projects, providers].filter(list => list.length > 0).map(pgArray);
  return deps.store.em.fork().execute<Standing[]>(
    `select i.project, i.id, i.provider, i.status = 'ACTIVE' as "isUsable", i.is_default as "isDefault",
       coalesce(c.version, 0) as version, coalesce(c.created_by = ?, false) as "isRefreshed"
     from integrations i
     left join credentials c on c.project = i.project and c.integration_id = i.id and c.state = 'CURRENT'
     ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`}`,
    [REFRESHER, ...values],
  );
}
