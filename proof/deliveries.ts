import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { networkFetch } from '../src/outbound.ts';
import { type Composed, composers, type Delivery } from '../src/sandbox/deliveries.ts';
import type { Secrets } from '../src/sandbox/secrets.ts';
import type { Stage } from './ground.ts';
import type { ServiceProcess } from './service_process.ts';

export type Sender = 'slack' | 'github' | 'linear' | 'jira';
export const senders: readonly Sender[] = ['slack', 'github', 'linear', 'jira'];

/** An event of a vendor's, told again and again under one delivery id until it is taken. */
export type Sending = {
  readonly provider: string;
  readonly delivery: Delivery;
  readonly deliveryId: string;
};

/** Puts an integration into the store as connecting the sandbox's account would. */
export async function addAccount(
  { db, sandbox }: Pick<Stage, 'db' | 'sandbox'>,
  project: string,
  provider: Sender,
): Promise<string> {
  const { slack, github, linear, jira } = sandbox.seeds;
  const account = {
    slack: slack.workspaces[0]?.teamId ?? '',
    github: String(github.accounts[0]?.installationId),
    linear: linear.organizations[0]?.id ?? '',
    jira: 'site',
  }[provider];
  return addIntegration(db, project, provider, account, provider === 'jira' ? (jira.sites[0]?.url ?? '') : null);
}

export async function addIntegration(
  db: Pool,
  project: string,
  provider: string,
  account: string,
  url: string | null = null,
  status = 'ACTIVE',
): Promise<string> {
  const id = `intg_${randomUUID().replaceAll('-', '')}`;
  await db.query(
    `insert into integrations (project, id, provider, name, is_default, status, account_id, account_label, account_url,
       auth_kind, config, requested_scopes, tags, created_by, create_time, update_time, revision, generation)
     values ($1, $2, $3, $2, false, $6, $4, $4, $5, 'API_KEY', '{}', '{}', '{}', 'proof', now(), now(), 1, 1)`,
    [project, id, provider, account, url, status],
  );
  return id;
}

/** The n-th event of the vendor, of one of `objects` objects; what it tells is found again by `toldBy`. */
export function happening(stage: Pick<Stage, 'sandbox'>, provider: Sender, n: number): Sending {
  const deliveryId = provider === 'slack' ? `Ev${randomUUID().replaceAll('-', '')}` : randomUUID();
  const text = `n${n}`;
  const time = '2026-02-02T02:40:00Z';
  const site = stage.sandbox.seeds.jira.sites[0]?.url ?? '';
  const delivery: Record<Sender, Delivery> = {
    slack: { event: 'message', payload: { text } },
    github: {
      event: 'issues.opened',
      payload: { issue: { id: n, node_id: `I_${n}`, number: n, title: text, state: 'open', updated_at: time } },
    },
    linear: { event: 'Issue.create', payload: { id: randomUUID(), title: text, updatedAt: time } },
    jira: {
      event: 'jira:issue_created',
      payload: {
        issue: { id: String(n), self: `${site}/rest/api/2/issue/${n}`, key: `P-${n}`, fields: { summary: text } },
      },
    },
  };
  return { provider, delivery: delivery[provider], deliveryId };
}

/** Which event a payload is of. */
export function toldBy(provider: string, event: unknown): string {
  const {
    event: message,
    issue,
    data,
  } = event as {
    event?: { text?: string };
    issue?: { title?: string; fields?: { summary?: string } };
    data?: { title?: string };
  };
  return `${provider}/${message?.text ?? issue?.title ?? issue?.fields?.summary ?? data?.title}`;
}

/** As the vendor signs it now; `secret` in place of the true one. */
export async function compose(
  stage: Pick<Stage, 'sandbox' | 'vendor'>,
  sending: Sending,
  secret?: string,
): Promise<Composed> {
  const { provider, delivery, deliveryId } = sending;
  const composer = composers[provider];
  if (composer === undefined) throw new Error(`${provider} sends no webhooks`);
  const jiraSecret = provider === 'jira' ? stage.vendor.settings.jira?.app.client_secret : undefined;
  const signedWith = secret ?? delivery.secret ?? jiraSecret;
  const named = { ...delivery, deliveryId, ...(signedWith !== undefined && { secret: signedWith }) };
  return composer(named, stage.sandbox.seeds as unknown as Secrets, delivery.time ?? new Date());
}

/** Answers the status; 0 where nobody did. */
export async function post(
  service: ServiceProcess | undefined,
  provider: string,
  { body, headers }: Pick<Composed, 'body' | 'headers'>,
  endpoint = '',
): Promise<number> {
  const url = `${service?.addresses.edge}/v1/provider/${provider}/webhook${endpoint && `/${endpoint}`}`;
  try {
    const answer = await networkFetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.timeout(15_000),
    });
    await answer.text();
    return answer.status;
  } catch {
    return 0;
  }
}

/** Does the work for each, so many at once. */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
