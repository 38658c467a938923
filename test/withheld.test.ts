import { describe, expect, test } from 'vitest';
import { storable } from '../src/events/payload.ts';
import { withhold } from '../src/events/withheld.ts';

describe('what is not kept of a payload', () => {
  const payload = {
    subject: 'hello',
    body: 'dear all',
    parts: [{ text: 'one', size: 3 }, { text: 'two', size: 3 }, 'plain'],
    headers: { a: { value: 1 }, b: { value: 2 } },
    gone: null,
  };

  test('is what the paths lead to, through lists and keys too, and nothing else', () => {
    expect(withhold(payload, { withheld: ['parts.*.text', 'headers.*.value', 'gone', 'no.such.path'] }, true)).toEqual({
      ...payload,
      parts: [{ text: '[withheld]', size: 3 }, { text: '[withheld]', size: 3 }, 'plain'],
      headers: { a: { value: '[withheld]' }, b: { value: '[withheld]' } },
    });
    expect(withhold({ list: [1] }, { withheld: ['list.0'] }, true)).toEqual({ list: [1] });
    expect(withhold({ deep: { body: { html: '<p>' } } }, { withheld: ['deep.body'] }, true)).toEqual({
      deep: { body: '[withheld]' },
    });
  });

  test('is the text of e-mails unless the operator keeps it', () => {
    expect(withhold(payload, { mailText: ['body'] }, false)).toEqual({ ...payload, body: '[withheld]' });
    expect(withhold(payload, { mailText: ['body'] }, true)).toEqual(payload);
  });

  test('never reaches the store, whichever way the event came', () => {
    const eventType = { withheld: ['parts.*.text'], mailText: ['body'] };
    const deps = { catalog: { eventType: () => ({ eventType }) }, events: { keepsMailText: false } };
    const event = { eventType: 'mail.message.received', schemaVersion: 1, deliveryKey: 'd', accountId: 'a', payload };
    const kept = storable(deps as unknown as Parameters<typeof storable>[0], event);
    expect(JSON.stringify(kept?.payload)).not.toMatch(/dear all|"one"|"two"/);
    expect(kept?.payload.subject).toBe('hello');
  });
});
