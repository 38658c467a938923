import { networkFetch } from '../outbound.ts';
import type { EmulatedHook, EmulatedHooks } from '../providers/emulator.ts';
import { providers } from '../providers/index.ts';
import { type Approval, openApprovals } from './approvals.ts';
import { type ClayRow, startClay } from './clay.ts';
import type { SandboxContext } from './context.ts';
import { composers, type Delivery } from './deliveries.ts';
import { type Emulated, loadEmulators } from './emulated/load.ts';
import { type EmulatedSeed, openEmulatedStage } from './emulated/stage.ts';
import { type Fault, type InjectedFault, openFaults } from './faults.ts';
import { openFrontDoor } from './front_door.ts';
import { openGate, type RequestRecord } from './gate.ts';
import { startGitHub } from './github.ts';
import { startGoogle } from './google.ts';
import { happen } from './happen.ts';
import type { Happening, Told, Wish } from './happenings.ts';
import { openHooks } from './hooks.ts';
import { startJira } from './jira.ts';
import { startLinear } from './linear.ts';
import { type Offer, offersOf } from './offers.ts';
import { startOpenAi } from './openai.ts';
import { type Seeds, seedsOf } from './seeds.ts';
import { openSheetRows, type SheetRows } from './sheet-rows.ts';
import { type SlackMessage, startSlack } from './slack.ts';
import { loadState, saveState } from './state.ts';
import { openTokenBook } from './tokens.ts';

export interface SandboxOptions {
  /** Any free port when absent; with a state file, the port of the run before if it is free. */
  port?: number;
  /** File that keeps secrets and tokens over restarts. */
  state?: string;
  now?: () => Date;
  fetch?: typeof fetch;
  /** Vendors beside those of `src/providers`: of providers that people bring, and connect-only ones. */
  brought?: readonly Emulated[];
}

/** Base URLs by provider and endpoint: those of the manifests, moved to the gate. Named here are those that tests use. */
export interface SandboxEndpoints extends Record<string, Record<string, string>> {
  /** web: https://slack.com, api: https://slack.com/api */
  slack: { web: string; api: string };
  /** web: https://github.com, api: https://api.github.com */
  github: { web: string; api: string };
  /** web: https://linear.app, api: https://api.linear.app */
  linear: { web: string; api: string };
  /**
   * accounts: https://accounts.google.com, oauth: https://oauth2.googleapis.com,
   * userinfo: https://openidconnect.googleapis.com, drive: https://www.googleapis.com, sheets: https://sheets.googleapis.com
   */
  google_sheets: { accounts: string; oauth: string; userinfo: string; drive: string; sheets: string };
  /** auth: https://auth.atlassian.com, api: https://api.atlassian.com */
  jira: { auth: string; api: string };
  /** api: https://api.openai.com */
  openai: { api: string };
}

export interface Delivered {
  status: number;
  body: string;
  deliveryId: string;
  /** What was sent, to send it again or changed. */
  request: { url: string; headers: Record<string, string>; body: string };
}

export interface Sandbox {
  url: string;
  endpoints: SandboxEndpoints;
  /** Moves a provider's own list of vendor base URLs to the sandbox, whatever their names: origin replaced, path kept. */
  rehost(provider: string, endpoints: Readonly<Record<string, string>>): Record<string, string>;
  seeds: Seeds;
  /** Of the vendors that play by declaration, by provider. */
  emulated: Readonly<Record<string, EmulatedSeed>>;
  /** What a person may try of each provider; the page at `url` shows it. */
  offers: readonly Offer[];
  /** The latest 5,000 calls, oldest first; grows while it is read. */
  requests: readonly RequestRecord[];
  /** How many of the recorded calls match. */
  count(match: { provider: string; method?: string; path?: RegExp; status?: number }): number;
  inject(fault: Fault): InjectedFault;
  /** Decides what the next consent page of the provider answers. */
  approve(approval: Approval): void;
  /** Withdraws every token people granted at the vendor, seeded keys excepted. Returns how many were live. */
  revoke(provider: string): number;
  /** Lets every access token of the provider expire now; refresh tokens stay. */
  expire(provider: string): number;
  /** Tells the vendors where the service's edge is: GitHub's setup URL and the target of deliveries. */
  useEdge(url: string): void;
  /** One more address of the service's that consent may lead back to. Until one is known, any may. */
  alsoAt(url: string): void;
  deliver(provider: string, delivery: Delivery): Promise<Delivered>;
  /** Does something at the vendor, which tells it to the webhooks made by its API that stand, and has it in its lists. */
  happen(provider: string, wish: Wish): Promise<Told>;
  /** Webhooks made through the provider's API that stand. */
  hooks(provider: string): EmulatedHooks;
  /** The cells of the emulated spreadsheets. */
  sheets: SheetRows;
  /** Messages of a Slack channel, newest first. */
  slackMessages(channelId: string): Promise<SlackMessage[]>;
  /** Rows the two Clay webhooks accepted. */
  clayRows: readonly ClayRow[];
  stop(): Promise<void>;
}

/** Starts the outside world of development and tests on loopback. Speaks to nothing but itself and the edge. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { brought = [], now = () => new Date() } = options;
  const send = options.fetch ?? networkFetch;
  const state = await loadState(options.state);
  const requests: RequestRecord[] = [];
  const clayRows: ClayRow[] = [];
  const faults = openFaults();
  const approvals = openApprovals();
  const gate = await openGate({ port: options.port, preferredPort: state.port }, faults, requests);
  let edge: string | undefined;
  const origins = new Set<string>();
  const alsoAt = (url: string): void => void origins.add(new URL(url).origin);
  const isRegistered = ({ origin }: URL): boolean => origins.size === 0 || origins.has(origin);
  const save = (): void => saveState(options.state, state, now());
  const base = (provider: string): string => `${gate.url}/${provider}`;
  const book = openTokenBook(state.tokens, now, save);
  const boards = new Map<string, EmulatedHooks>();
  const hooks = (provider: string): EmulatedHooks => {
    const keep = (changed: readonly EmulatedHook[]) => {
      state.hooks[provider] = changed;
      save();
    };
    const board = boards.get(provider) ?? openHooks(now, state.hooks[provider], keep);
    boards.set(provider, board);
    return board;
  };
  const happenings: Happening[] = [];
  const sheets = openSheetRows(now);
  const own = { state, book, approvals, now, fetch: send, save, base, edge: () => edge, isRegistered };
  const context: SandboxContext = { ...own, hooks, happenings, sheets };
  state.port = Number(new URL(gate.url).port);
  save();

  const [slack, emulated, ...others] = await Promise.all([
    startSlack(context),
    openEmulatedStage(context, [...(await loadEmulators()), ...brought]),
    startGitHub(context),
    startLinear(context),
    startGoogle(context),
    startJira(context),
    startOpenAi(context),
    startClay(context, clayRows),
  ]).catch(async error => {
    await gate.close();
    throw error;
  });
  gate.serve([slack, ...others, ...emulated.emulations]);
  const rehost: Sandbox['rehost'] = (provider, endpoints) =>
    Object.fromEntries(
      Object.entries(endpoints).map(([name, url]) => [name, url.replace(/^https?:\/\/[^/]+/, base(provider))]),
    );

  const seeds = seedsOf(state.secrets, base);
  const sandbox: Sandbox = {
    url: gate.url,
    endpoints: Object.fromEntries(
      [...providers, ...brought.map(({ provider }) => provider)].map(({ id, endpoints }) => [
        id,
        rehost(id, endpoints),
      ]),
    ) as unknown as SandboxEndpoints,
    rehost,
    seeds,
    offers: offersOf(seeds, emulated.emulated, emulated.seeds),
    emulated: emulated.seeds,
    requests,
    clayRows,
    count: ({ provider, method, path, status }) =>
      requests.filter(
        each =>
          each.provider === provider &&
          (method === undefined || each.method === method) &&
          (status === undefined || each.status === status) &&
          (path === undefined || each.path.search(path) >= 0),
      ).length,
    inject: faults.add,
    approve: approvals.add,
    revoke: provider =>
      book.revokeWhere(token => token.provider === provider && !['key', 'client'].includes(token.kind)),
    expire: book.expireAccess,
    useEdge(url) {
      edge = url.replace(/\/$/, '');
      alsoAt(url);
    },
    alsoAt,
    async deliver(provider, delivery) {
      const hook = delivery.hook === undefined ? undefined : hooks(provider).find(delivery.hook);
      if (delivery.hook !== undefined && hook === undefined) throw new Error(`no hook ${delivery.hook} stands`);
      const path = ['v1/provider', provider, 'webhook', ...(delivery.endpoint ? [delivery.endpoint] : [])].join('/');
      const target = delivery.to ?? edge;
      if (target === undefined && hook === undefined) throw new Error('the sandbox does not know the edge yet');
      const url = hook?.url || `${(target ?? '').replace(/\/$/, '')}/${path}`;
      const time = delivery.time ?? now();
      const composed =
        emulated.compose(provider, delivery, { url, time, hook }) ??
        (await composers[provider]?.({ ...delivery, ...(hook && { secret: hook.secret }) }, state.secrets, time));
      if (composed === undefined) throw new Error(`${provider} sends no webhooks`);
      const { deliveryId, body, headers } = composed;
      const request = {
        url,
        headers: overlay(overlay({ 'Content-Type': 'application/json' }, headers), delivery.headers ?? {}),
        body,
      };
      const answer = await send(url, { method: 'POST', headers: request.headers, body });
      return { status: answer.status, body: await answer.text(), deliveryId, request };
    },
    happen: (provider, wish) => happen(context, each => happenings.push(each), provider, wish),
    hooks,
    sheets,
    slackMessages: slack.messages,
    stop: gate.close,
  };
  gate.open(openFrontDoor(sandbox));
  return sandbox;
}

function overlay(
  headers: Record<string, string>,
  changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const changed = new Set(Object.keys(changes).map(name => name.toLowerCase()));
  const kept = Object.entries(headers).filter(([name]) => !changed.has(name.toLowerCase()));
  const added = Object.entries(changes).filter((each): each is [string, string] => each[1] !== null);
  return Object.fromEntries([...kept, ...added]);
}
