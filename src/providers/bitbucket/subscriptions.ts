import { at } from '../kit/meta.ts';
import { nextParameter } from '../kit/next_address.ts';
import { optionalString, readArray, readObject, readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { ProviderCall } from '../provider.ts';
import type { MadeSubscription, Subscriptions, Target } from '../subscription.ts';
import { eventTypes, vendorName } from './event_types.ts';

const MAX_TARGETS = 200;

/** A workspace's webhook tells of all its repositories; whoever administers repositories only gets one for each. */
export const subscriptions: Subscriptions = {
  authKinds: ['OAUTH2', 'BASIC'],
  scopes: ['account', 'repository', 'webhook'],
  endpoint: '',
  address: 'OWN',
  secret: 'OURS',
  targets,
  create: async (call, { target, url, secret }) => {
    const json = { description: 'Mobius', url, active: true, secret, events: target.eventTypes.map(vendorName) };
    const { body } = await call.fetch(hooksOf(call, target), { method: 'POST', json });
    return madeOf(body);
  },
  find: async (call, { target, url }) =>
    (await all(call, hooksOf(call, target))).filter(hook => hook.url === url).map(madeOf),
  check: async (call, { id, target }) => {
    const { body } = await call.fetch(`${hooksOf(call, target)}/${segment(id)}`);
    return at(body, 'active') === false ? 'STOPPED' : {};
  },
  remove: async (call, { id, target }) => {
    await call.fetch(`${hooksOf(call, target)}/${segment(id)}`, { method: 'DELETE' });
  },
};

/** The key is a workspace, or a workspace and a repository. */
function hooksOf(call: ProviderCall, { key }: Target): string {
  const [workspace = '', repository] = key.split('/');
  const place = repository === undefined ? 'workspaces' : `repositories/${segment(workspace)}`;
  return `${call.endpoints.api}/${place}/${segment(repository ?? workspace)}/hooks`;
}

async function targets(call: ProviderCall): Promise<readonly Target[]> {
  const found: Target[] = [];
  const add = (key: string, label: string, isWorkspace: boolean): void => {
    const brought = eventTypes.filter(({ name }) => isWorkspace || !name.startsWith('bitbucket.project.'));
    found.push({ key, label, eventTypes: brought.map(({ name }) => name) });
  };
  for (const access of await all(call, `${call.endpoints.api}/user/workspaces`)) {
    const workspace = readString(at(access, 'workspace', 'uuid'), 'workspace.uuid');
    const slug = optionalString(at(access, 'workspace', 'slug')) ?? workspace;
    if (access.administrator === true) add(workspace, slug, true);
    else {
      const query = { role: 'admin', sort: '-updated_on' };
      for (const repository of await all(call, `${call.endpoints.api}/repositories/${segment(workspace)}`, query)) {
        add(`${workspace}/${readString(repository.uuid, 'uuid')}`, optionalString(repository.full_name) ?? slug, false);
      }
    }
    if (found.length >= MAX_TARGETS) break;
  }
  return found.slice(0, MAX_TARGETS);
}

/** A list to its end, or to more than anybody needs of it. */
async function all(call: ProviderCall, url: string, query: Readonly<Record<string, string>> = {}) {
  const found: Readonly<Record<string, unknown>>[] = [];
  let page: string | undefined;
  do {
    const { body } = await call.fetch(url, { query: { ...query, pagelen: 100, page } });
    found.push(...readArray(at(body, 'values'), 'values').map((node, index) => readObject(node, `values[${index}]`)));
    page = nextParameter(body, { at: 'page', next: ['next'] });
  } while (page !== undefined && found.length < 1_000);
  return found;
}

function madeOf(hook: unknown): MadeSubscription {
  return { id: readString(at(hook, 'uuid'), 'uuid') };
}
