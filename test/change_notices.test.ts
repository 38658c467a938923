import { expect, test } from 'vitest';
import { changeNotices } from '../src/providers/kit/change_notices.ts';
import { Secret } from '../src/secret.ts';

const webhook = changeNotices('Subscriptions', ({ changeType }) =>
  typeof changeType === 'string' ? { eventType: `graph.thing.${changeType}` } : undefined,
);
const outcomeOf = (body: unknown) => {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const delivery = { body: bytes, headers: {}, query: new URLSearchParams(), suffix: '' };
  return webhook.verify(delivery, [new Secret('ours')], new Date());
};
const item = (clientState: unknown, more: object = {}) => ({
  clientState,
  subscriptionId: 's1',
  changeType: 'updated',
  resource: 'me/events/1',
  ...more,
});
const causeOf = (body: unknown) => {
  const verification = outcomeOf(body);
  return verification.ok ? 'OK' : verification.cause;
};

test('a batch counts when each of its items brings back our state', () => {
  expect(causeOf({ value: [item('ours'), item('ours')] })).toBe('OK');
});

test('a batch is refused when one of its items brings back another state, or none', () => {
  expect(causeOf({ value: [item('ours'), item('theirs')] })).toBe('SIGNATURE_MISSING');
  expect(causeOf({ value: [item('ours'), item(undefined)] })).toBe('SIGNATURE_MISSING');
  expect(causeOf({ value: [item('theirs')] })).toBe('SIGNATURE_WRONG');
  for (const body of [{}, { value: [] }, { value: 'ours' }, 'ours', { value: [['ours']] }]) {
    expect(causeOf(body)).toBe('SIGNATURE_MISSING');
  }
});

test('the state is left out of events, and changes are told apart by their etag', () => {
  const etag = (tag: string) => ({ resourceData: { id: '1', '@odata.etag': tag } });
  const verification = outcomeOf({
    value: [item('ours', etag('a')), item('ours', etag('b')), item('ours', etag('a'))],
  });
  if (!verification.ok) throw new Error(verification.cause);
  const events = webhook.parse(verification.verified);
  expect(new Set(events.map(({ deliveryKey }) => deliveryKey)).size).toBe(2);
  expect(JSON.stringify(events)).not.toContain('ours');
});

test('what has no change is no event', () => {
  const verification = outcomeOf({ value: [item('ours', { changeType: undefined, lifecycleEvent: 'missed' })] });
  if (!verification.ok) throw new Error(verification.cause);
  expect(webhook.parse(verification.verified)).toEqual([]);
});
