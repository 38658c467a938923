import { createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { emulator } from '../src/providers/gmail/emulator.ts';
import { webhook } from '../src/providers/gmail/events.ts';
import { Secret } from '../src/secret.ts';

const time = new Date('2026-05-04T03:02:01.000Z');
const app = emulator.app?.(() => 'x') ?? {};
const keys = [{ ...createPublicKey(app.signing_key ?? '').export({ format: 'jwk' }), kid: 'sandbox' }];
const known = new Secret(JSON.stringify({ ...app, audience: app.push_audience, keys }));

/** What becomes of a push that Google signed for somebody. */
function outcomeOf(claimed: Readonly<Record<string, string>>, secret = known): string {
  const event = { eventType: 'gmail.message.received', payload: {}, account: emulator.accounts[0]!, deliveryId: '1' };
  const sent = { ...event, time, url: '', app: { ...app, ...claimed }, body: '{}', secret: app.signing_key ?? '' };
  const headers = emulator.deliveries?.sign(sent) ?? {};
  const delivery = { headers, body: Buffer.from('{}'), query: new URLSearchParams(), suffix: '' };
  const verification = webhook.verify(delivery, [secret], time);
  return verification.ok ? 'OK' : verification.cause;
}

test('a push counts that Google signed for our audience and as our push subscription’s account', () => {
  expect(outcomeOf({})).toBe('OK');
});

test('a push is refused that Google signed for another audience, or for ours as somebody else', () => {
  expect(outcomeOf({ push_audience: 'https://else.example' })).toBe('SIGNATURE_WRONG');
  expect(outcomeOf({ push_service_account: 'push@stranger.iam.gserviceaccount.com' })).toBe('SIGNATURE_WRONG');
});

test('without an account to compare with no push counts', () => {
  const { push_service_account: _, ...rest } = app;
  const without = new Secret(JSON.stringify({ ...rest, audience: app.push_audience, keys }));
  expect(outcomeOf({}, without)).toBe('SIGNATURE_WRONG');
});
