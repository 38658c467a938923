import type { Delivery, ParsedEvent, Verified, Webhook } from '../delivery.ts';
import type { ProviderCall } from '../provider.ts';
import type { MadeSubscription, SubscriptionCheck, Subscriptions } from '../subscription.ts';
import { jsonBody, jsonObject } from './body.ts';
import { ProviderError } from './error.ts';
import { queryEcho } from './handshakes.ts';
import { at, momentOf } from './meta.ts';
import { sharedToken } from './plain_token.ts';
import { isObject, type Json, optionalString, readArray, readObject, readString } from './read.ts';
import { segment } from './rest_lookup.ts';

/**
 * Change notices: batches in which each item brings back the state that we gave its subscription, after a question whether we
 * are there that is echoed. Source: learn.microsoft.com/graph/change-notifications-delivery-webhooks.
 */
const MAX_ITEMS = 1_000;

export function changeNotices(
  description: string,
  eventOf: (item: Json) => Pick<ParsedEvent, 'eventType' | 'meta' | 'objectKey'> | undefined,
): Webhook {
  return {
    endpoints: [
      { suffix: '', description, signature: 'shared-token', secret: 'SUBSCRIPTION', secretField: 'clientState' },
    ],
    greeting: queryEcho('validationToken'),
    verify: sharedToken(stateOf),
    parse: verified => noticesOf(verified).flatMap(item => parsed(item, eventOf(item))),
  };
}

/** The state that all items agree on. */
function stateOf({ body }: Delivery): string | undefined {
  try {
    const items = readArray(jsonObject(Buffer.from(body).toString('utf8'), 'body').value, 'value');
    const states = new Set(items.slice(0, MAX_ITEMS).map(item => at(item, 'clientState')));
    return states.size === 1 ? optionalString([...states][0]) : undefined;
  } catch (error) {
    if (error instanceof ProviderError) return undefined;
    throw error;
  }
}

function noticesOf(verified: Verified): readonly Json[] {
  const items = readArray(jsonBody(verified).value, 'value');
  if (items.length > MAX_ITEMS) throw new ProviderError({ kind: 'invalid_answer' }, new Error('too many items'));
  return items.map((item, index) => readObject(item, `value[${index}]`));
}

/**
 * Notices carry neither an id, as a rule, nor a time. Changes of one thing differ by its etag; where there is none, those
 * between two renewals of the subscription count as one. The state is a secret and left out.
 */
function parsed(
  { clientState: _, ...item }: Json,
  told: Pick<ParsedEvent, 'eventType' | 'meta' | 'objectKey'> | undefined,
): readonly ParsedEvent[] {
  if (told === undefined) return [];
  const id = optionalString(item.id);
  const etag = optionalString(at(item.resourceData, '@odata.etag')) ?? item.subscriptionExpirationDateTime;
  const parts = [item.subscriptionId, item.changeType, item.resource, etag].map(part => optionalString(part) ?? '');
  return [
    {
      schemaVersion: 1,
      deliveryKey: id ?? parts.join('/').slice(0, 1_024),
      accountId: '',
      payload: item,
      ...told,
    },
  ];
}

/** Subscriptions of change notices. Of each target the settings name `resource` and `changes`. */
export function noticeSubscriptions(
  options: Pick<Subscriptions, 'authKinds' | 'scopes' | 'targets'> & {
    /** The vendor’s longest life of them. */
    readonly lifeMs: number;
  },
): Subscriptions {
  const { lifeMs, ...rest } = options;
  const urlOf = (call: ProviderCall, id?: string) =>
    `${call.endpoints.api}/subscriptions${id === undefined ? '' : `/${segment(id)}`}`;
  const endOf = (call: ProviderCall): string => new Date(call.now().getTime() + lifeMs).toISOString();
  return {
    ...rest,
    endpoint: '',
    address: 'OWN',
    secret: 'OURS',
    create: async (call, { target, url, secret }) => {
      const { body } = await call.fetch(urlOf(call), {
        method: 'POST',
        json: {
          changeType: target.settings?.changes,
          resource: target.settings?.resource,
          notificationUrl: url,
          expirationDateTime: endOf(call),
          clientState: secret,
        },
      });
      return madeOf(body);
    },
    find: async (call, { url }) => {
      const { body } = await call.fetch(urlOf(call));
      return readArray(at(body, 'value'), 'value')
        .filter(each => isObject(each) && each.notificationUrl === url)
        .map(madeOf);
    },
    check: async (call, { id }): Promise<SubscriptionCheck> => {
      const { expireTime } = madeOf((await call.fetch(urlOf(call, id))).body);
      return { expireTime };
    },
    renew: async (call, { id }) => {
      const json = { expirationDateTime: endOf(call) };
      const { body } = await call.fetch(urlOf(call, id), { method: 'PATCH', json });
      return { expireTime: madeOf(body).expireTime };
    },
    remove: async (call, { id }) => {
      await call.fetch(urlOf(call, id), { method: 'DELETE' });
    },
  };
}

function madeOf(body: unknown): MadeSubscription & { readonly expireTime: Date } {
  const expireTime = momentOf(at(body, 'expirationDateTime'));
  if (expireTime !== undefined) return { id: readString(at(body, 'id'), 'id'), expireTime };
  throw new ProviderError({ kind: 'invalid_answer' }, new Error('expirationDateTime is not a moment'));
}
