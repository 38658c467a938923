/** Webhook deliveries as the vendors send them: which body, which headers, how signed. */
import { randomInt, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { githubApp } from './github-seed.ts';
import { opaque, type Secrets } from './secrets.ts';
import { signGitHub, signJiraAdmin, signJiraApp, signLinear, signSlack, signStandard } from './sign.ts';
import { slackAppId } from './slack-workspace.ts';
import { githubAccounts, jiraSites, linearOrganizations, slackWorkspaces, uuidOf } from './world.ts';

export interface Delivery {
  /**
   * In the vendor's words. Slack: the inner event's type, or `url_verification`. GitHub: `issues.opened`, `push`.
   * Linear: `Issue.create`. Jira: `jira:issue_created`. OpenAI: `response.completed`. Of a vendor that plays by declaration:
   * the name of one of the provider's event types that it has a sample of.
   */
  event: string;
  /** Base URL of the service's edge; the one told to `useEdge` when absent. */
  to?: string;
  /** Path after `/v1/provider/{provider}/webhook/`. */
  endpoint?: string;
  /** Sends to that webhook, made through the vendor's API, signed with its own secret. */
  hook?: string;
  /** Laid over the vendor's body (Slack: over the event, Linear and OpenAI: over `data`). */
  payload?: Record<string, unknown>;
  /** Sent byte for byte instead of a composed body; still signed. */
  raw?: string;
  /** Name of the emulated account the event belongs to; the first one when absent. */
  account?: string;
  /** Signs with another secret than the seeded one. */
  secret?: string;
  /** The vendor's delivery id; repeat one to send a duplicate. */
  deliveryId?: string;
  /** Time of signing, now when absent. */
  time?: Date;
  /** Jira only: `jwt` (webhooks of the OAuth app, default) or `hmac` (webhooks of an administrator). */
  scheme?: 'jwt' | 'hmac';
  /** Laid over the vendor's headers; null removes one. */
  headers?: Record<string, string | null>;
}

export interface Composed {
  deliveryId: string;
  body: string;
  headers: Record<string, string>;
}

type Composer = (delivery: Delivery, secrets: Secrets, time: Date) => Composed | Promise<Composed>;

/** By provider; a provider that sends no webhooks is missing. */
export const composers: Record<string, Composer> = {
  slack(delivery, { slack }, time) {
    const workspace = byName(slackWorkspaces, delivery.account);
    const deliveryId = delivery.deliveryId ?? `Ev${opaque(10)}`;
    const seconds = Math.floor(time.getTime() / 1000);
    const ts = `${seconds}.${randomInt(100_000, 1_000_000)}`;
    const { id: channel } = workspace.channels[0]!;
    const event = { user: workspace.users[0]!.id, channel, text: 'hello', ts, event_ts: ts, ...delivery.payload };
    const bot = { enterprise_id: null, team_id: workspace.teamId, user_id: workspace.botUserId, is_bot: true };
    const envelope = {
      token: 'legacy-token-not-to-be-trusted',
      team_id: workspace.teamId,
      api_app_id: slackAppId,
      event: { type: delivery.event, ...event },
      type: 'event_callback',
      event_id: deliveryId,
      event_time: seconds,
      authorizations: [bot],
    };
    const handshake = { type: 'url_verification', challenge: opaque(40), ...delivery.payload };
    const body = delivery.raw ?? JSON.stringify(delivery.event === 'url_verification' ? handshake : envelope);
    return { deliveryId, body, headers: signSlack(delivery.secret ?? slack.signingSecret, body, time) };
  },

  github(delivery, { github }) {
    const deliveryId = delivery.deliveryId ?? randomUUID();
    const name = delivery.event.split('.')[0]!;
    const body = delivery.raw ?? JSON.stringify({ ...githubExample(delivery), ...delivery.payload });
    const headers = {
      'User-Agent': 'GitHub-Hookshot/sandbox',
      'X-GitHub-Event': name,
      'X-GitHub-Delivery': deliveryId,
      'X-GitHub-Hook-Installation-Target-Type': 'integration',
      'X-GitHub-Hook-Installation-Target-ID': String(githubApp.id),
      ...signGitHub(delivery.secret ?? github.webhookSecret, body),
    };
    return { deliveryId, body, headers };
  },

  linear(delivery, { linear }, time) {
    const organization = byName(linearOrganizations, delivery.account);
    const deliveryId = delivery.deliveryId ?? randomUUID();
    const [type = '', action = ''] = delivery.event.split('.');
    const team = organization.teams[0]!;
    const title = organization.issues[0]!.title;
    const data = {
      id: uuidOf(`${organization.urlKey}/issues/${title}`),
      identifier: 'ENG-2',
      title,
      teamId: team.id,
      team,
    };
    const composed = {
      action,
      type,
      createdAt: time.toISOString(),
      organizationId: organization.id,
      data: { ...data, ...delivery.payload },
      url: `https://linear.app/${organization.urlKey}/issue/ENG-2`,
      webhookTimestamp: time.getTime(),
      webhookId: uuidOf(`${organization.urlKey}/webhook`),
    };
    const body = delivery.raw ?? JSON.stringify(composed);
    const signed = signLinear(delivery.secret ?? linear.webhookSecret, body);
    return { deliveryId, body, headers: { 'Linear-Delivery': deliveryId, 'Linear-Event': type, ...signed } };
  },

  async jira(delivery, { jira }, time) {
    const site = byName(jiraSites, delivery.account);
    const deliveryId = delivery.deliveryId ?? randomUUID();
    const project = site.projects[0]!;
    const issue = {
      id: '10101',
      self: `${site.url}/rest/api/2/issue/10101`,
      key: `${project.key}-1`,
      fields: { summary: 'Checkout times out on retry', project, issuetype: { id: '10004', name: 'Bug' } },
    };
    const composed = { timestamp: time.getTime(), webhookEvent: delivery.event, issue, matchedWebhookIds: [1] };
    const body = delivery.raw ?? JSON.stringify({ ...composed, ...delivery.payload });
    const signed =
      delivery.scheme === 'hmac'
        ? signJiraAdmin(delivery.secret ?? jira.webhookSecret, body)
        : await signJiraApp(jira.clientId, delivery.secret ?? jira.clientSecret, time);
    return { deliveryId, body, headers: { 'X-Atlassian-Webhook-Identifier': deliveryId, ...signed } };
  },

  openai(delivery, { openai }, time) {
    const deliveryId = delivery.deliveryId ?? `wh_${opaque(24)}`;
    const composed = {
      id: `evt_${opaque(24)}`,
      object: 'event',
      created_at: Math.floor(time.getTime() / 1000),
      type: delivery.event,
      data: { id: `resp_${opaque(24)}`, ...delivery.payload },
    };
    const body = delivery.raw ?? JSON.stringify(composed);
    return { deliveryId, body, headers: signStandard(delivery.secret ?? openai.webhookSecret, deliveryId, body, time) };
  },
};

export interface GitHubPayload extends Record<string, unknown> {
  action?: string;
  installation?: Record<string, unknown>;
  repository?: Record<string, unknown> & { name: string; owner: Record<string, unknown> };
  organization?: Record<string, unknown>;
}

/** The vendor's published example of the event, moved to a seeded account. */
export function githubExample({ event, account }: Pick<Delivery, 'event' | 'account'>): GitHubPayload {
  const [name, action] = event.split('.');
  const load = createRequire(import.meta.url);
  const published = load('@octokit/webhooks-examples') as { name: string; examples: GitHubPayload[] }[];
  const examples = published.find(each => each.name === name)?.examples ?? [];
  const found = examples.find(each => action === undefined || each.action === action);
  if (found === undefined) throw new Error(`no published example of the GitHub event ${event}`);
  const example = structuredClone(found);
  const { login, type, installationId } = githubAccounts.find(each => each.login === account) ?? githubAccounts[0]!;
  const owner = { login, type, id: installationId };
  const node_id = Buffer.from(`Installation:${installationId}`).toString('base64');
  const whole = name === 'installation' || name === 'installation_repositories';
  const details = { account: owner, app_id: githubApp.id, app_slug: githubApp.slug, target_type: type };
  example.installation = { ...(whole && { ...example.installation, ...details }), id: installationId, node_id };
  if (example.repository) {
    example.repository.owner = { ...example.repository.owner, ...owner };
    example.repository.full_name = `${login}/${example.repository.name}`;
  }
  if (type === 'Organization' && example.repository) example.organization = { ...example.organization, login };
  return example;
}

function byName<T extends { name: string }>(all: readonly T[], name: string | undefined): T {
  const found = name === undefined ? all[0] : all.find(each => each.name === name);
  if (found === undefined) throw new Error(`no account ${name} in the sandbox`);
  return found;
}
