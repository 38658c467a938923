import type { EntityManager } from '@mikro-orm/postgresql';
import { findIntegration, integrationsOf } from '../integrations/choose.ts';
import type { Integration } from '../integrations/entity.ts';
import { type Maybe, type Readings, readThrough } from '../maybe.ts';
import type { Changes } from '../store/changes.ts';
import type { Store } from '../store/open.ts';
import { type Credential, CredentialEntity } from './entity.ts';

/** What opening a credential reads. Credentials are sealed. */
export type Rows = {
  /** Throws INTEGRATION_NOT_FOUND. */
  readonly integration: (project: string, id: string) => Maybe<Integration>;
  /** The project's integrations of a provider, the oldest first. */
  readonly ofProvider: (project: string, provider: string) => Maybe<readonly Integration[]>;
  readonly current: (project: string, integrationId: string) => Maybe<Credential | null>;
};

/** As the store has them. */
export function storedRows(em: EntityManager): Rows {
  return {
    integration: (project, id) => findIntegration(em, project, id),
    ofProvider: (project, provider) => integrationsOf(em, project, provider),
    current: (project, integrationId) => em.findOne(CredentialEntity, { project, integrationId, state: 'CURRENT' }),
  };
}

/** As the store had them when they were last read; may be stale, so that whoever acts on them checks them there. */
export type HotRows = Rows & {
  readonly forget: (project: string) => void;
};

/** An integration takes two entries, of about 1 kB each. */
const MAX_ENTRIES = 10_000;

/** Keeps what was read until its project changes, in whichever process, or others need the room. */
export function createHotRows(store: Store, changes: Changes): HotRows {
  const projects = new Map<string, Readings<string, unknown>>();
  let entries = 0;
  const forget = (project: string): void => {
    entries -= projects.get(project)?.size ?? 0;
    projects.delete(project);
  };
  changes.subscribe('integration_changed', project => {
    if (project !== undefined) return forget(project);
    // After a gap in the listening any project may have changed.
    projects.clear();
    entries = 0;
  });

  /** A reading that began before a change is not kept beyond it: it is put with what was forgotten. */
  const keep = <T>(project: string, key: string, read: (rows: Rows) => Promise<T>): Maybe<T> => {
    let readings = projects.get(project);
    if (readings?.has(key) !== true) {
      if (entries >= MAX_ENTRIES) forget(projects.keys().next().value as string);
      readings = projects.get(project) ?? new Map();
      projects.set(project, readings);
      entries++;
    }
    const within = readings as Readings<string, T>;
    return readThrough(
      within,
      key,
      () => read(storedRows(store.em.fork())),
      () => {
        if (projects.get(project) === within) entries--;
      },
    );
  };

  return {
    forget,
    integration: (project, id) =>
      keep(project, `integration ${id}`, async rows => plain(await rows.integration(project, id))),
    ofProvider: (project, provider) =>
      keep(project, `provider ${provider}`, async rows => (await rows.ofProvider(project, provider)).map(plain)),
    current: (project, id) =>
      keep(project, `credential ${id}`, async rows => {
        const row = await rows.current(project, id);
        return row && plain(row);
      }),
  };
}

/** Without the EntityManager that an entity holds on to. */
const plain = <T extends object>(entity: T): T => ({ ...entity });
