import { at } from '../kit/meta.ts';
import { isObject, optionalString, readArray, readObject, readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { ProviderCall } from '../provider.ts';
import type { Subscriptions, Target } from '../subscription.ts';
import { eventTypes } from './events.ts';

const MAX_TARGETS = 200;

/** One webhook a project: those of whole workspaces do not tell of tasks. */
export const subscriptions: Subscriptions = {
  authKinds: ['OAUTH2', 'API_KEY'],
  scopes: ['webhooks:read', 'webhooks:write', 'webhooks:delete', 'projects:read'],
  endpoint: '',
  address: 'OWN',
  secret: 'VENDOR',
  targets,
  create: async (call, { target, url }) => {
    const json = { data: { resource: target.key, target: url } };
    const { body } = await call.fetch(`${call.endpoints.api}/webhooks`, { method: 'POST', json });
    const secret = optionalString(at(body, 'X-Hook-Secret'));
    return { id: readString(at(body, 'data', 'gid'), 'data.gid'), ...(secret !== undefined && { secret }) };
  },
  check: async (call, { id }) => {
    const { body } = await call.fetch(`${call.endpoints.api}/webhooks/${segment(id)}`);
    return at(body, 'data', 'active') === false ? 'STOPPED' : {};
  },
  remove: async (call, { id }) => {
    await call.fetch(`${call.endpoints.api}/webhooks/${segment(id)}`, { method: 'DELETE' });
  },
};

/** The projects of every workspace, those changed last first. */
async function targets(call: ProviderCall): Promise<readonly Target[]> {
  const workspaces = await all(call, '/workspaces', {});
  const found: { readonly target: Target; readonly changed: string }[] = [];
  for (const { gid } of workspaces) {
    const query = { archived: false, opt_fields: 'name,modified_at' };
    for (const project of await all(call, `/workspaces/${segment(String(gid))}/projects`, query)) {
      const key = readString(project.gid, 'gid');
      const target = {
        key,
        label: optionalString(project.name) ?? key,
        eventTypes: eventTypes.map(({ name }) => name),
      };
      found.push({ target, changed: optionalString(project.modified_at) ?? '' });
    }
  }
  return found
    .toSorted((a, b) => (a.changed < b.changed ? 1 : a.changed > b.changed ? -1 : 0))
    .slice(0, MAX_TARGETS)
    .map(({ target }) => target);
}

async function all(call: ProviderCall, path: string, query: Readonly<Record<string, string | boolean>>) {
  const found: Readonly<Record<string, unknown>>[] = [];
  let offset: string | undefined;
  do {
    const { body } = await call.fetch(`${call.endpoints.api}${path}`, { query: { ...query, limit: 100, offset } });
    found.push(...readArray(at(body, 'data'), 'data').map(node => readObject(node, 'data[]')));
    offset = isObject(body) ? optionalString(at(body.next_page, 'offset')) : undefined;
  } while (offset !== undefined && found.length < 1_000);
  return found;
}
