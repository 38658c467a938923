import { ProviderError } from '../kit/error.ts';
import { momentOf } from '../kit/meta.ts';
import { type Json, optionalString, readArray, readId, readObject } from '../kit/read.ts';
import type { ProviderCall } from '../provider.ts';
import type { HeldSubscription, Subscriptions, Target } from '../subscription.ts';
import { siteApi } from './api.ts';
import { backfill } from './backfill.ts';
import { nameOf } from './events.ts';

/** What apps may register for. Source: developer.atlassian.com, REST API v3, "Webhooks". */
const EVENTS = [
  ...['jira:issue_created', 'jira:issue_updated', 'jira:issue_deleted'],
  ...['comment_created', 'comment_updated', 'comment_deleted'],
];
/** Jira's filter knows no "all": the projects are named. */
const MAX_PROJECTS = 500;
const MAX_PAGES = 10;

/**
 * Webhooks of the OAuth app in a site; 30 days, then gone unless refreshed. Jira takes one address for the app, and five
 * webhooks for a person and site.
 */
export const subscriptions: Subscriptions = {
  authKinds: ['OAUTH2'],
  scopes: ['manage:jira-webhook'],
  endpoint: '',
  address: 'APP',
  secret: 'APP',
  targets,
  create: async (call, { target, url }) => {
    const webhooks = [{ events: EVENTS, jqlFilter: target.settings?.jql ?? '' }];
    const answer = await call.fetch(`${siteApi(call)}/webhook`, { method: 'POST', json: { url, webhooks } });
    const results = readArray(readObject(answer.body, 'answer').webhookRegistrationResult, 'webhookRegistrationResult');
    const { createdWebhookId } = readObject(results[0], 'webhookRegistrationResult[0]');
    // Its `errors` say that the filter is not taken, or that there are five already.
    if (createdWebhookId === undefined) throw new ProviderError({ kind: 'rejected' }, new Error('not registered'));
    const id = readId(createdWebhookId, 'createdWebhookId');
    const found = await webhook(call, id);
    const expireTime = found === undefined ? undefined : endOf(found);
    return { id, expireTime: expireTime ?? new Date(call.now().getTime() + LIFE_MS) };
  },
  check: async (call, { id }) => {
    const found = await webhook(call, id);
    const expireTime = found && endOf(found);
    return found === undefined ? 'GONE' : { ...(expireTime && { expireTime }) };
  },
  renew: async (call, held) => {
    // An id that is not there is passed over.
    if ((await webhook(call, held.id)) === undefined) {
      throw new ProviderError({ kind: 'not_found' }, new Error('the webhook is gone'));
    }
    const answer = await call.fetch(`${siteApi(call)}/webhook/refresh`, { method: 'PUT', json: idsOf(held) });
    const { expirationDate } = readObject(answer.body, 'answer');
    return { expireTime: timeOf(expirationDate) ?? new Date(call.now().getTime() + LIFE_MS) };
  },
  remove: async (call, held) => {
    await call.fetch(`${siteApi(call)}/webhook`, { method: 'DELETE', json: idsOf(held) });
  },
  backfill,
};

const LIFE_MS = 30 * 86_400_000;

const idsOf = ({ id }: HeldSubscription) => ({ webhookIds: [Number(id)] });

async function targets(call: ProviderCall): Promise<readonly Target[]> {
  const ids: string[] = [];
  for (let startAt = 0, isLast = false; !isLast && ids.length < MAX_PROJECTS; startAt = ids.length) {
    const answer = await call.fetch(`${siteApi(call)}/project/search`, { query: { startAt, maxResults: 100 } });
    const page = readObject(answer.body, 'projects');
    const values = readArray(page.values, 'values');
    ids.push(...values.map((node, i) => readId(readObject(node, `values[${i}]`).id, 'project.id')));
    isLast = page.isLast !== false || values.length === 0;
  }
  const numbers = ids.filter(id => /^\d{1,19}$/.test(id)).toSorted();
  if (numbers.length === 0) return [];
  const label = optionalString(call.config.site_url) ?? 'the site';
  const jql = `project IN (${numbers.slice(0, MAX_PROJECTS).join(', ')})`;
  return [{ key: 'site', label, eventTypes: EVENTS.map(nameOf), settings: { jql } }];
}

async function webhook(call: ProviderCall, id: string): Promise<Json | undefined> {
  for (let startAt = 0, pages = 0; pages < MAX_PAGES; pages++) {
    const answer = await call.fetch(`${siteApi(call)}/webhook`, { query: { startAt, maxResults: 100 } });
    const page = readObject(answer.body, 'webhooks');
    const values = readArray(page.values, 'values').map((node, i) => readObject(node, `values[${i}]`));
    const found = values.find(value => String(value.id) === id);
    if (found !== undefined) return found;
    if (page.isLast !== false || values.length === 0) return undefined;
    startAt += values.length;
  }
  return undefined;
}

const endOf = ({ expirationDate }: Json): Date | undefined => timeOf(expirationDate);

/** Written as a moment in ISO 8601 or as milliseconds, by the page of the documentation. */
function timeOf(value: unknown): Date | undefined {
  return typeof value === 'number' && value > 0 && value < 1e14 ? new Date(value) : momentOf(value);
}
