import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { watchDirectory } from '../directory_watch.ts';
import { type AccessList, AccessListInvalid, parseAccessList } from './access_list.ts';
import type { Caller } from './caller.ts';
import * as grants from './grants.ts';

/** Who may do what, as access.yaml says now. Every question is answered from the list in force at that moment. */
export type Access = {
  permits(caller: Caller, permission: string, project?: string): boolean;
  grantedProjects(caller: Caller, permission: string): '*' | string[];
  permitsProvider(caller: Caller, provider: string, permission?: string, project?: string): boolean;
  /** Credential resolutions a minute; undefined when no rule of the caller sets a budget. */
  budget(caller: Caller): { perMinute: number } | undefined;
  /** Another number after each new list. */
  readonly version: number;
  /** Calls back after each new list came into force. Returns the way to stop that. */
  onChange(listener: () => void): () => void;
  close(): void;
};

const maxFileBytes = 4 * 1024 * 1024;

/**
 * Reads the list and keeps it in step with the file. Throws AccessListInvalid with every problem when the first
 * reading fails; later an invalid file is logged and refused, and the list before it stays in force.
 */
export async function createAccess(
  path: string,
  options: { log: Pick<Logger, 'info' | 'error'>; permissions: ReadonlySet<string> },
): Promise<Access> {
  const { log, permissions } = options;
  let { list, hash } = await readList(path, permissions);
  const listeners = new Set<() => void>();
  let version = 1;

  async function reload() {
    try {
      const read = await readText(path);
      if (read.hash === hash) return;
      // Remembered even when invalid, so that one bad file is reported once.
      hash = read.hash;
      list = parseAccessList(read.text, permissions);
      version++;
      log.info({ callers: list.length }, 'access list reloaded');
    } catch (err) {
      const problems = err instanceof AccessListInvalid ? err.problems : [reasonOf(err)];
      log.error({ problems }, 'access list refused, the one before stays in force');
      return;
    }
    for (const listener of listeners) {
      try {
        listener();
      } catch (err) {
        log.error({ err }, 'a listener to the access list failed');
      }
    }
  }

  const stop = watchDirectory(dirname(path), reload, err =>
    log.error({ problems: [reasonOf(err)] }, 'access list is no longer watched, only polled'),
  );

  return {
    get version() {
      return version;
    },
    permits: (...args) => grants.permits(list, ...args),
    grantedProjects: (...args) => grants.grantedProjects(list, ...args),
    permitsProvider: (...args) => grants.permitsProvider(list, ...args),
    budget(caller) {
      const perMinute = grants.resolvesPerMinute(list, caller);
      return perMinute === undefined ? undefined : { perMinute };
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: stop,
  };
}

async function readList(path: string, permissions: ReadonlySet<string>) {
  try {
    const { text, hash } = await readText(path);
    return { list: parseAccessList(text, permissions) as AccessList, hash };
  } catch (err) {
    throw err instanceof AccessListInvalid ? err : new AccessListInvalid([reasonOf(err)]);
  }
}

async function readText(path: string): Promise<{ text: string; hash: string }> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  if (size > maxFileBytes) throw new AccessListInvalid([`the file is larger than ${maxFileBytes} bytes`]);
  const text = await file.readFile('utf8');
  return { text, hash: createHash('sha256').update(text).digest('hex') };
}

/** System errors carry the path and the cause ("ENOENT: no such file …"), which is what the reader needs. */
const reasonOf = (err: unknown) => (err instanceof Error ? err.message : 'cannot be read');
