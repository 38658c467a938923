import { randomUUID } from 'node:crypto';
import type { EmulatedEvent, EmulatedHook, Emulator } from '../../providers/emulator.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Composed, Delivery } from '../deliveries.ts';
import { opaque } from '../secrets.ts';
import type { EmulatedSecrets } from './secrets.ts';

/** A delivery as the vendor would send it to that address. Throws where the vendor sends no such event. */
export function composeEmulated(
  provider: Provider,
  emulator: Emulator,
  secrets: EmulatedSecrets,
  delivery: Delivery,
  target: { readonly url: string; readonly time: Date; readonly hook?: EmulatedHook },
): Composed {
  const { deliveries, accounts } = emulator;
  if (deliveries === undefined) throw new Error(`${provider.id} sends no webhooks`);
  const account = accounts.find(({ name }) => name === delivery.account) ?? accounts[0]!;
  const sample = provider.samples?.find(({ eventType }) => eventType === delivery.event);
  if (sample === undefined && delivery.raw === undefined) throw new Error(`no sample of ${delivery.event}`);
  const event: EmulatedEvent = {
    eventType: delivery.event,
    payload: { ...sample?.payload, ...delivery.payload },
    account,
    deliveryId: delivery.deliveryId ?? randomUUID(),
    time: target.time,
    url: target.url,
    app: secrets.app,
    ...(target.hook !== undefined && { hook: target.hook }),
  };
  const secret = delivery.secret ?? target.hook?.secret ?? signingSecret(provider, emulator, secrets);
  const made = delivery.raw ?? deliveries.body?.({ ...event, secret }) ?? event.payload;
  const body = typeof made === 'string' ? made : JSON.stringify(made);
  return { deliveryId: event.deliveryId, body, headers: { ...deliveries.sign({ ...event, body, secret }) } };
}

/** What the vendor signs with: the app's secret, or the one of a form where each integration has its own. */
export function signingSecret(provider: Provider, { deliveries }: Emulator, { app, forms }: EmulatedSecrets): string {
  const endpoint = provider.webhook?.endpoints[0];
  const field = deliveries?.signingField ?? endpoint?.secretField ?? '';
  if (endpoint?.secret === 'PLATFORM_APP') return app[field] ?? '';
  return Object.values(forms).find(form => form[field] !== undefined)?.[field] ?? app[field] ?? opaque(32);
}
