import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KINDS } from '../src/providers/monday/event_types.ts';
import { webhook } from '../src/providers/monday/events.ts';
import { openWorld, type Stage } from './subscription_stage.ts';
import { delivery, now, said } from './verifier_stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openWorld();
});
afterAll(() => stage.world.stop());

const secret = 'signing-secret-of-the-app-of-ours';

/** What monday sends to that address. */
function tokenFor(aud: string | undefined): string {
  const iat = Math.floor(now.getTime() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256' })}.${part({ accountId: 1, iat, exp: iat + 300, ...(aud && { aud }) })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

test('a token for another address is refused, however well it is signed', () => {
  const url = 'https://edge.example/v1/provider/monday/webhook';
  const outcome = (aud: string | undefined, more: object = { url }) =>
    said(webhook.verify, delivery('{}', { authorization: tokenFor(aud) }, more), [secret]);
  expect(outcome(url)).toBe('OK');
  expect(outcome('https://elsewhere.example/hook')).toBe('SIGNATURE_WRONG');
  expect(outcome(undefined)).toBe('SIGNATURE_WRONG');
  expect(outcome(url, {})).toBe('SIGNATURE_WRONG');
});

test('each board gets a webhook for every kind of event, after its unsigned question was answered; they go with it', async () => {
  await stage.begin();
  const integration = await stage.connectByRedirect('monday');
  await stage.work();
  const hooks = stage.hooks('monday');
  expect((await stage.rows()).map(({ state }) => state)).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE']);
  expect(hooks.length).toBe(3 * KINDS.length);
  const { status } = await stage.world.sandbox.deliver('monday', { hook: hooks[0]!.id, event: 'monday.item.created' });
  expect(status).toBe(200);
  expect(await stage.receipts()).toEqual([expect.stringMatching(/^monday\.item\.created WEBHOOK /)]);
  await stage.remove(integration);
  await stage.work();
  expect(stage.hooks('monday')).toEqual([]);
});
