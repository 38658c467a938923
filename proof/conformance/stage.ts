import type { DescService } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import type { Pool } from 'pg';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { exceptions } from './exceptions.ts';

/** A running service and the world outside it: a process of the proof, or the one of a test. */
export type ConformanceStage = {
  readonly sandbox: Sandbox;
  readonly db: Pool;
  /** As the manager of every project. */
  readonly rpc: <S extends DescService>(service: S) => Client<S>;
  /** As the executor, over mutual TLS. */
  readonly internal: <S extends DescService>(service: S) => Client<S>;
};

/** What was shown of one provider. */
export type Tally = {
  modes: number;
  events: number;
  actions: number;
  pickers: number;
  refreshed: number;
  revoked: number;
  forgeries: number;
  exceptions: string[];
};

/** Whether there is an exception of that name, which is then counted. */
export function isExcepted(tally: Tally, name: string): boolean {
  if (exceptions[name] === undefined) return false;
  if (!tally.exceptions.includes(name)) tally.exceptions.push(name);
  return true;
}

/** Waits for what the service does by itself. */
export async function eventually<T>(read: () => Promise<T | undefined>, what: string, waitMs = 20_000): Promise<T> {
  const endMs = performance.now() + waitMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (performance.now() > endMs) throw new Error(`${what}: not within ${waitMs / 1000} s`);
    await new Promise(resolve => setTimeout(resolve, 25));
  }
}
