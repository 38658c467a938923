import { at } from '../kit/meta.ts';
import { optionalString, readArray, readId } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { ProviderCall } from '../provider.ts';
import type { MadeSubscription, Subscriptions, Target } from '../subscription.ts';
import { eventTypes } from './event_types.ts';
import { signingTokenOf } from './events.ts';

const MAX_TARGETS = 200;
/** Whoever makes webhooks must be a maintainer. */
const MAINTAINER = 40;

const WANTED = Object.fromEntries(
  [
    ...['push', 'tag_push', 'issues', 'confidential_issues', 'note', 'confidential_note', 'merge_requests', 'job'],
    ...['pipeline', 'wiki_page', 'deployment', 'releases', 'feature_flag', 'emoji', 'milestone'],
  ].map(kind => [`${kind}_events`, true]),
);

const hooksOf = (call: ProviderCall, { key }: Target): string => `${call.endpoints.api}/projects/${segment(key)}/hooks`;

/**
 * One webhook a project, signed where the server signs. Servers that do not yet ignore the signing token and get the secret
 * token. Source: docs.gitlab.com/api/project_webhooks.
 */
export const subscriptions: Subscriptions = {
  authKinds: ['OAUTH2', 'API_KEY'],
  scopes: ['api'],
  endpoint: '',
  address: 'OWN',
  secret: 'OURS',
  targets,
  create: async (call, { target, url, secret }) => {
    const json = { url, ...WANTED, enable_ssl_verification: true, signing_token: signingTokenOf(secret) };
    const { body } = await call.fetch(hooksOf(call, target), { method: 'POST', json });
    const id = readId(at(body, 'id'), 'id');
    if (at(body, 'signing_token_present') !== true) {
      await call.fetch(`${hooksOf(call, target)}/${segment(id)}`, { method: 'PUT', json: { url, token: secret } });
    }
    return { id };
  },
  find: async (call, { target, url }) => {
    const { body } = await call.fetch(hooksOf(call, target), { query: { per_page: 100 } });
    return readArray(body, 'hooks')
      .filter(hook => at(hook, 'url') === url)
      .map((hook): MadeSubscription => ({ id: readId(at(hook, 'id'), 'id') }));
  },
  check: async (call, { id, target }) => {
    const { body } = await call.fetch(`${hooksOf(call, target)}/${segment(id)}`);
    return at(body, 'alert_status') === 'disabled' ? 'STOPPED' : {};
  },
  remove: async (call, { id, target }) => {
    await call.fetch(`${hooksOf(call, target)}/${segment(id)}`, { method: 'DELETE' });
  },
};

/** The projects that the person maintains, those with the latest doings first. */
async function targets(call: ProviderCall): Promise<readonly Target[]> {
  const query = { membership: true, min_access_level: MAINTAINER, archived: false, order_by: 'last_activity_at' };
  const brought = eventTypes.filter(({ scopes }) => scopes.length > 0).map(({ name }) => name);
  const found: Target[] = [];
  for (let page = 1; found.length < MAX_TARGETS; page++) {
    const { body } = await call.fetch(`${call.endpoints.api}/projects`, { query: { ...query, per_page: 100, page } });
    const projects = readArray(body, 'projects');
    for (const project of projects) {
      const key = readId(at(project, 'id'), 'id');
      found.push({ key, label: optionalString(at(project, 'path_with_namespace')) ?? key, eventTypes: brought });
    }
    if (projects.length < 100) break;
  }
  return found.slice(0, MAX_TARGETS);
}
