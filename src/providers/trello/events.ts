import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { head } from '../kit/handshakes.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { type Json, readObject, readString } from '../kit/read.ts';
import { NAMES } from './event_types.ts';

/**
 * Body and address are signed together, the address as it was when the webhook was made. Source:
 * developer.atlassian.com/cloud/trello/guides/rest-api/webhooks.
 */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhooks of the boards of the connected person',
      signature: 'hmac-sha1',
      secret: 'SUBSCRIPTION',
      secretField: 'api_secret',
    },
  ],
  greeting: head,
  verify: hmac({
    algorithm: 'sha1',
    encoding: 'base64',
    header: 'x-trello-webhook',
    signed: ({ url, body }) => (url === undefined ? undefined : [body, url]),
  }),
  parse,
};

function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const action = readObject(body.action, 'action');
  const data = readObject(action.data, 'action.data');
  const occurTime = momentOf(action.date);
  const card = at(data, 'card', 'id');
  const list = at(data, 'list', 'id') ?? at(data, 'listAfter', 'id');
  const board = at(data, 'board', 'id');
  return [
    {
      eventType: `trello.${nameOf(readString(action.type, 'action.type'), data)}`,
      schemaVersion: 1,
      deliveryKey: readString(action.id, 'action.id'),
      ...objectOf(card ?? list ?? board),
      accountId: '',
      ...(occurTime !== undefined && { occurTime }),
      payload: body,
      meta: metaOf({ board, list, card, member: action.idMemberCreator }),
    },
  ];
}

/** What Trello calls one happening is several to people: moved, put away, brought back. */
function nameOf(type: string, data: Json): string {
  const known = NAMES.get(type);
  if (known === undefined) {
    if (!/^[a-z][A-Za-z0-9]{0,63}$/.test(type)) {
      throw new ProviderError({ kind: 'invalid_answer' }, new Error('action.type is not a name'));
    }
    return `action.${type.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)}`;
  }
  if (type !== 'updateCard' && type !== 'updateList') return known;
  const object = type === 'updateCard' ? 'card' : 'list';
  if (object === 'card' && data.listAfter !== undefined) return 'card.moved';
  const wasClosed = at(data, 'old', 'closed');
  if (typeof wasClosed !== 'boolean') return known;
  return `${object}.${wasClosed ? 'unarchived' : 'archived'}`;
}
