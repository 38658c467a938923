import type { Delivery } from '../delivery.ts';
import { type HmacScheme, secondsHeader } from './hmac.ts';

/** Standard Webhooks 1.0: id, time and body signed with a `whsec_` key, any of several `v1` signatures. */
export const standardWebhooks: HmacScheme = {
  encoding: 'base64',
  header: 'webhook-signature',
  prefix: 'v1,',
  separator: ' ',
  key: secret => (secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret, 'utf8')),
  signed: (delivery: Delivery) => {
    const id = delivery.headers['webhook-id'];
    const time = delivery.headers['webhook-timestamp'];
    return id === undefined || id === '' || time === undefined ? undefined : [`${id}.${time}.`, delivery.body];
  },
  timestamp: secondsHeader('webhook-timestamp'),
};
