import type { EntityManager } from '@mikro-orm/postgresql';
import pg from 'pg';
import type { Logger } from 'pino';
import { pgArray, type Statements } from './sql.ts';

/** What processes tell each other; the payload is the project it happened in. */
export type Channel = (typeof CHANNELS)[number];

export type Changes = {
  /**
   * Calls the listener with each project as it happens, in whichever process; with undefined after the connection was
   * lost for a while, when anything may have happened. Answers the way to stop.
   */
  readonly subscribe: (channel: Channel, listener: (project: string | undefined) => void) => () => void;
  readonly close: () => Promise<void>;
};

const CHANNELS = [
  'integration_changed',
  'source_event_published',
  /** An event that was handed out may be handed out again, or let the next of its key go. */
  'source_event_freed',
  'project_shredded',
] as const;
const RECONNECT_DELAY_MS = 500;

/** As PostgreSQL knows it. */
export const channelName = (channel: Channel): string => `mobius_${channel}`;

/** Tells every process, when and if the transaction commits. */
export async function announce(em: EntityManager, channel: Channel, project: string): Promise<void> {
  await announceAll(em, channel, [project]);
}

/** The same of several projects. */
export async function announceAll(em: Statements, channel: Channel, projects: readonly string[]): Promise<void> {
  await em.execute('select pg_notify(?, p) from unnest(?::text[]) p', [channelName(channel), pgArray(projects)]);
}

/** Listens on a connection of its own and reconnects when it is lost. */
export async function openChanges(databaseUrl: string, log: Logger): Promise<Changes> {
  const listeners = new Map<Channel, Set<(project: string | undefined) => void>>(CHANNELS.map(c => [c, new Set()]));
  let client: pg.Client | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: databaseUrl, application_name: 'mobius-integrations-listen' });
    next.on('notification', message => {
      const set = listeners.get(CHANNELS.find(channel => channelName(channel) === message.channel) as Channel);
      for (const listener of set ?? []) listener(message.payload ?? '');
    });
    next.on('error', () => lost(next));
    next.on('end', () => lost(next));
    await next.connect();
    client = next;
    for (const channel of CHANNELS) await next.query(`listen ${channelName(channel)}`);
  };

  const lost = (gone: pg.Client): void => {
    if (closed || client !== gone) return;
    client = undefined;
    log.warn('the connection that listens for changes was lost');
    retry();
  };

  const retry = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      connect().then(
        () => {
          for (const set of listeners.values()) for (const listener of set) listener(undefined);
        },
        () => {
          if (!closed) retry();
        },
      );
    }, RECONNECT_DELAY_MS);
  };

  await connect();
  return {
    subscribe: (channel, listener) => {
      const set = listeners.get(channel) as Set<(project: string | undefined) => void>;
      set.add(listener);
      return () => set.delete(listener);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
