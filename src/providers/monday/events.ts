import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { unsignedJsonEcho } from '../kit/handshakes.ts';
import { readBearer } from '../kit/jwt.ts';
import { bearerJwtHs256 } from '../kit/jwt_hs256.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { type Json, readId, readObject, readString } from '../kit/read.ts';
import { KINDS } from './event_types.ts';

/**
 * The header holds a token for the address, signed with the app's signing secret. It does not cover the body. The question
 * before the first delivery is not signed. Source: developer.monday.com/apps/docs/authorization-header, .../webhooks.
 */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhooks of the app, those that the service makes on boards among them',
      signature: 'jwt-hs256',
      secret: 'PLATFORM_APP',
      secretField: 'signing_secret',
    },
  ],
  verify: bearerJwtHs256('authorization', { isBare: true, isForUrl: true }),
  bodyGreeting: unsignedJsonEcho('challenge'),
  parse,
};

function parse(verified: Verified): readonly ParsedEvent[] {
  const event = readObject(jsonBody(verified).event, 'event');
  const claims = readBearer(`Bearer ${verified.headers.authorization ?? ''}`)?.claims;
  const name = nameOf(event);
  const item = event.itemId ?? event.pulseId ?? event.subitem;
  const occurTime = momentOf(event.triggerTime);
  return [
    {
      eventType: `monday.${name}`,
      schemaVersion: 1,
      // A retry has the same trigger.
      deliveryKey: `${name}/${readString(event.triggerUuid, 'event.triggerUuid')}`,
      ...objectOf(name.split('.')[0], event.updateId ?? item ?? event.columnId),
      accountId: readId(claims?.accountId, 'accountId'),
      ...(occurTime !== undefined && { occurTime }),
      payload: event,
      meta: metaOf({
        board: event.boardId,
        item,
        parent: event.parentItemId,
        group: event.groupId ?? event.destGroupId,
        column: event.columnId,
        user: event.userId,
        label: at(event.value, 'label', 'text'),
      }),
    },
  ];
}

/** By the type that the body has, which is another than the one that was asked for; of a subitem it names the parent. */
function nameOf(event: Json): string {
  const type = readString(event.type, 'event.type');
  const isSub = event.parentItemId !== undefined && event.parentItemId !== null;
  const kind =
    KINDS.find(each => each.type === type && each.ofSubitem === isSub) ?? KINDS.find(each => each.type === type);
  if (kind !== undefined) return kind.name;
  if (/^[a-z][a-z0-9_]{0,63}$/.test(type)) return `board.${type}`;
  throw new ProviderError({ kind: 'invalid_answer' }, new Error('event.type is not a name'));
}
