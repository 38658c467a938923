import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EmulatedSecrets } from './emulated/secrets.ts';
import type { StoredHook } from './hooks.ts';
import { jiraApiToken, newSecrets, type Secrets } from './secrets.ts';
import type { Token } from './tokens.ts';

/** What outlives a restart, so that a database filled by an earlier run still holds valid tokens and addresses. */
export interface State {
  version: 1;
  /** 0 until the gate has listened once. */
  port: number;
  secrets: Secrets;
  /** By provider, what was made up for those that play by declaration. */
  emulated: Record<string, EmulatedSecrets>;
  tokens: Token[];
  /** Webhooks made by API, by provider. */
  hooks: Record<string, readonly StoredHook[]>;
  /** Installations removed by an API call, until somebody installs again. */
  uninstalled: number[];
}

const lapsedKeepMs = 24 * 60 * 60 * 1000;

/** Reads the state file, or makes a new state when there is none. An unreadable file stops the start. */
export async function loadState(path: string | undefined): Promise<State> {
  if (path === undefined || !existsSync(path)) {
    return { version: 1, port: 0, secrets: await newSecrets(), emulated: {}, tokens: [], hooks: {}, uninstalled: [] };
  }
  const state = JSON.parse(readFileSync(path, 'utf8')) as State;
  if (state.version !== 1) throw new Error(`sandbox state ${path} is of an unknown version; delete it to start anew`);
  const jira = { ...state.secrets.jira, apiToken: state.secrets.jira.apiToken ?? jiraApiToken() };
  // Files of earlier versions have none.
  return { ...state, secrets: { ...state.secrets, jira }, emulated: state.emulated ?? {}, hooks: state.hooks ?? {} };
}

/** Replaces the state file in one step, readable by its owner only. Tokens dead for a day are left out. */
export function saveState(path: string | undefined, state: State, now: Date): void {
  if (path === undefined) return;
  const oldest = now.getTime() - lapsedKeepMs;
  const tokens = state.tokens.filter(token => token.expireTimeMs === null || token.expireTimeMs > oldest);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify({ ...state, tokens }), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
