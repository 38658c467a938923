import { mapLimited } from '../kit/batch.ts';
import { ProviderError } from '../kit/error.ts';
import { nextPage } from '../kit/link_pager.ts';
import { isObject, type Json, optionalString, readArray, readId, readObject } from '../kit/read.ts';
import type { ProviderCall } from '../provider.ts';
import type { HeldSubscription, MadeSubscription, Subscriptions, Target } from '../subscription.ts';
import { isRepository, repositoryUrl, VERSION_HEADERS } from './api.ts';
import { backfill } from './backfill.ts';
import { eventTypes } from './event_types.ts';

/** What a repository's webhook can bring. Source: docs.github.com, "Webhook events and payloads", availability. */
const HOOK_EVENTS = [
  ...['push', 'create', 'delete', 'commit_comment', 'status', 'fork', 'gollum', 'public', 'repository', 'member'],
  ...['issues', 'issue_comment', 'label', 'milestone', 'star', 'watch', 'discussion', 'discussion_comment', 'release'],
  ...['pull_request', 'pull_request_review', 'pull_request_review_comment', 'pull_request_review_thread'],
  ...['check_run', 'check_suite', 'workflow_run', 'workflow_job', 'deployment', 'deployment_status'],
  ...['dependabot_alert', 'code_scanning_alert', 'secret_scanning_alert'],
];
const NAMES = eventTypes.map(({ name }) => name).filter(name => HOOK_EVENTS.includes(name.split('.')[1] ?? ''));
const MAX_REPOSITORIES = 100;
const MAX_HOOK_PAGES = 3;
const CALLS_AT_ONCE = 5;

/** Repository webhooks for those who connect by token; the App has one of its own for all. */
export const subscriptions: Subscriptions = {
  authKinds: ['API_KEY'],
  // Fine-grained tokens do not tell what they may do: those that may not are refused at the call.
  scopes: ['repository_hooks:write'],
  endpoint: 'hook',
  address: 'OWN',
  secret: 'OURS',
  targets,
  create: async (call, { target, url, secret }) => {
    const config = { url, content_type: 'json', insecure_ssl: '0', secret };
    const answer = await call.fetch(hooksUrl(call, target), {
      method: 'POST',
      headers: VERSION_HEADERS,
      json: { name: 'web', active: true, events: HOOK_EVENTS, config },
    });
    return made(readObject(answer.body, 'hook'));
  },
  find: async (call, { target, url }) => (await hooks(call, target)).filter(hook => urlOf(hook) === url).map(made),
  check: async (call, held) => {
    const answer = await call.fetch(hookUrl(call, held), { headers: VERSION_HEADERS });
    return readObject(answer.body, 'hook').active === false ? 'STOPPED' : {};
  },
  remove: async (call, held) => {
    await call.fetch(hookUrl(call, held), { method: 'DELETE', headers: VERSION_HEADERS });
  },
  backfill,
};

/** The repositories named in the settings, else those the token's owner administers, the last pushed first. */
async function targets(call: ProviderCall): Promise<readonly Target[]> {
  const { repositories } = call.config;
  if (Array.isArray(repositories)) {
    const names = repositories.filter((name): name is string => typeof name === 'string' && isRepository(name));
    const found = await mapLimited(names.slice(0, MAX_REPOSITORIES), CALLS_AT_ONCE, name => repository(call, name));
    return found.filter(target => target !== undefined);
  }
  const answer = await call.fetch(`${call.endpoints.api}/user/repos`, {
    query: { sort: 'pushed', per_page: MAX_REPOSITORIES },
    headers: VERSION_HEADERS,
  });
  return readArray(answer.body, 'repositories')
    .map((node, i) => readObject(node, `repositories[${i}]`))
    .filter(({ archived, permissions }) => archived !== true && isObject(permissions) && permissions.admin === true)
    .map(targetOf);
}

async function repository(call: ProviderCall, name: string): Promise<Target | undefined> {
  try {
    const answer = await call.fetch(repositoryUrl(call.endpoints.api, name), { headers: VERSION_HEADERS });
    return targetOf(readObject(answer.body, 'repository'));
  } catch (error) {
    if (error instanceof ProviderError && error.failure.kind === 'not_found') return undefined;
    throw error;
  }
}

/** The id stays when it is renamed or moved; calls go by the name it has now. */
function targetOf(found: Json): Target {
  const name = optionalString(found.full_name) ?? '';
  return { key: readId(found.id, 'repository.id'), label: name, eventTypes: NAMES };
}

async function hooks(call: ProviderCall, target: Target): Promise<readonly Json[]> {
  const found: Json[] = [];
  let page: string | undefined = '1';
  for (let pages = 0; page !== undefined && pages < MAX_HOOK_PAGES; pages++) {
    const answer = await call.fetch(hooksUrl(call, target), {
      query: { per_page: 100, page },
      headers: VERSION_HEADERS,
    });
    found.push(...readArray(answer.body, 'hooks').map((node, i) => readObject(node, `hooks[${i}]`)));
    page = nextPage(answer.headers);
  }
  return found;
}

const urlOf = ({ config }: Json): unknown => (isObject(config) ? config.url : undefined);

const made = (hook: Json): MadeSubscription => ({ id: readId(hook.id, 'hook.id') });

const hooksUrl = (call: ProviderCall, { label }: Target): string => repositoryUrl(call.endpoints.api, label, 'hooks');

const hookUrl = (call: ProviderCall, { id, target }: HeldSubscription): string =>
  repositoryUrl(call.endpoints.api, target.label, 'hooks', id);
