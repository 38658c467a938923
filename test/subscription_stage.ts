import { AuthKind } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { type Fetch, networkFetch } from '../src/outbound.ts';
import type { Fault, InjectedFault } from '../src/sandbox/faults.ts';
import type { Wish } from '../src/sandbox/happenings.ts';
import { workDue } from '../src/subscriptions/worker.ts';
import { openBrowser } from './browser.ts';
import { startWorld, type WorldOptions } from './world.ts';

export const HOUR_MS = 3_600_000;

export type SubscriptionRow = {
  id: string;
  integration_id: string;
  label: string;
  state: string;
  is_wanted: boolean;
  vendor_id: string | null;
  expire_time: Date | null;
  renew_time: Date | null;
  lapse_time: Date | null;
  delivery_time: Date | null;
  gap_state: string | null;
  failure: string | null;
  failures: number;
  next_time: Date | null;
};

/** A network on which the requests that match, beyond the first so many, find nobody. */
export function cutAfter(passes: number, matches: (url: string, body: string) => boolean): Fetch {
  let seen = 0;
  return async (input, init) => {
    if (matches(String(input), String(init?.body ?? '')) && ++seen > passes) throw new TypeError('nobody is there');
    return networkFetch(input, init);
  };
}

/** A network that keeps the answers to matching requests back until they are released. */
export function holdAnswers(matches: (url: string, method: string) => boolean) {
  let release = (): void => undefined;
  const released = new Promise<void>(resolve => {
    release = resolve;
  });
  const fetch: Fetch = async (input, init) => {
    const answer = await networkFetch(input, { ...init, signal: null });
    if (matches(String(input).split('?')[0] ?? '', init?.method ?? 'GET')) await released;
    return answer;
  };
  return { fetch, release };
}

export type Stage = Awaited<ReturnType<typeof openWorld>>;

/** A world whose subscriptions are worked at only when a test says so. */
export async function openWorld(options: WorldOptions = {}) {
  const world = await startWorld(options);
  const { db, sandbox, clock, seeds } = world;
  const faults: InjectedFault[] = [];
  let count = 0;
  let project = '';
  const integrations = () => world.rpc(IntegrationService);
  const connect = async (provider: string, credentials: Record<string, string>, config = {}) => {
    const request = { project, provider, credentials, config };
    return (await integrations().connectProvider(request)).integration?.id ?? '';
  };
  const stage = {
    world,
    get project() {
      return project;
    },
    /** Goes on in a project of its own; what there was before stays. */
    next() {
      project = `s${++count}`;
    },
    /** The same, and nothing is left of the tests before. */
    async begin() {
      for (const fault of faults.splice(0)) fault.remove();
      await db.query('delete from integrations');
      for (const provider of ['github', 'linear', 'jira']) stage.removeHooks(provider);
      stage.next();
    },
    connectGitHub: (more: { repositories?: string[]; secret?: string } = {}) => {
      const { repositories = ['acme/api'], secret } = more;
      const webhook: Record<string, string> = secret === undefined ? {} : { webhook_secret: secret };
      return connect('github', { api_key: seeds.github.personalToken, ...webhook }, { repositories });
    },
    connectLinear: () => connect('linear', { api_key: seeds.linear.apiKey }),
    /** By OAuth, as the first account of the sandbox. */
    async connectByRedirect(provider: string): Promise<string> {
      const client = integrations();
      const { redirectUrl, sessionId } = await client.connectProvider({ project, provider, authKind: AuthKind.OAUTH2 });
      await openBrowser().open(redirectUrl);
      const { session } = await client.getConnectSession({ project, session: sessionId });
      return session?.integrationId ?? '';
    },
    update: (integration: string, change: object) =>
      integrations().updateIntegration({ project, integration, ...change }),
    integration: async (id: string) => (await integrations().getIntegration({ project, integration: id })).integration,
    remove: (integration: string) => integrations().deleteIntegration({ project, integration }),
    /** What the background would do by now. `fetch`: the network in place of the real one. */
    work: (fetch?: Fetch) => workDue(fetch === undefined ? world.service.deps : { ...world.service.deps, fetch }),
    advance: clock.advance,
    /** Trouble at the vendor, until the next test at most. */
    inject(fault: Fault): InjectedFault {
      const injected = sandbox.inject(fault);
      faults.push(injected);
      return injected;
    },
    happen: (provider: string, wish: Wish) => sandbox.happen(provider, wish),
    hooks: (provider: string) => sandbox.hooks(provider).all(),
    /** Somebody removes them at the vendor. */
    removeHooks(provider: string) {
      for (const { id } of sandbox.hooks(provider).all()) sandbox.hooks(provider).remove(id);
    },
    count: (provider: string, method: string, path: RegExp) => sandbox.count({ provider, method, path }),
    async rows(of = project): Promise<SubscriptionRow[]> {
      return (await db.query('select * from subscriptions where project = $1 order by label', [of])).rows;
    },
    /** Type, source and stage, the oldest first. */
    async receipts(of = project): Promise<string[]> {
      const { rows } = await db.query(
        'select event_type, source, stage from integration_events where project = $1 order by receive_time, id',
        [of],
      );
      return rows.map(row => `${row.event_type} ${row.source} ${row.stage}`);
    },
    /** How many events the trigger engine gets. */
    async published(of = project): Promise<number> {
      const { rows } = await db.query('select count(*)::int as n from source_events where project = $1', [of]);
      return rows[0].n;
    },
  };
  return stage;
}
