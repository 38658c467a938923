import { reveal } from '../../secret.ts';
import { secretOf } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { optionalString, readArray, readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { ProviderCall } from '../provider.ts';
import type { Subscriptions, Target } from '../subscription.ts';
import { eventTypes } from './event_types.ts';

const MAX_TARGETS = 200;

/** One webhook a board, signed with the secret that goes with the key. */
export const subscriptions: Subscriptions = {
  authKinds: ['API_KEY'],
  scopes: [],
  endpoint: '',
  address: 'OWN',
  secret: 'VENDOR',
  targets,
  create: async (call, { target, url }) => {
    const json = { idModel: target.key, callbackURL: url, description: 'Mobius' };
    const { body } = await call.fetch(`${call.endpoints.api}/webhooks`, { method: 'POST', json });
    return { id: readString(at(body, 'id'), 'id'), secret: reveal(secretOf(call.credential, 'api_secret')) };
  },
  check: async (call, { id }) => {
    const { body } = await call.fetch(`${call.endpoints.api}/webhooks/${segment(id)}`);
    return at(body, 'active') === false ? 'STOPPED' : {};
  },
  remove: async (call, { id }) => {
    await call.fetch(`${call.endpoints.api}/webhooks/${segment(id)}`, { method: 'DELETE' });
  },
};

/** The open boards, those with the latest doings first. */
async function targets(call: ProviderCall): Promise<readonly Target[]> {
  const query = { filter: 'open', fields: 'name,dateLastActivity' };
  const { body } = await call.fetch(`${call.endpoints.api}/members/me/boards`, { query });
  const changed = (board: unknown): string => optionalString(at(board, 'dateLastActivity')) ?? '';
  return readArray(body, 'boards')
    .toSorted((a, b) => (changed(a) < changed(b) ? 1 : changed(a) > changed(b) ? -1 : 0))
    .slice(0, MAX_TARGETS)
    .map(board => {
      const key = readString(at(board, 'id'), 'id');
      return { key, label: optionalString(at(board, 'name')) ?? key, eventTypes: eventTypes.map(({ name }) => name) };
    });
}
