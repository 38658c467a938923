import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { gitlab } from '../src/providers/gitlab/index.ts';
import { delivery, now, said } from './verifier_stage.ts';

const { verify } = gitlab.webhook!;
const secret = 'a-secret-of-our-own-of-32-letters';
const body = JSON.stringify({ object_kind: 'push', ref: 'refs/heads/main' });

function signed(key: Buffer): Record<string, string> {
  const id = 'f5e5f430-f57b-4e6e-9fac-d9128cd7232f';
  const time = String(Math.floor(now.getTime() / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` };
}

describe('a delivery of GitLab', () => {
  test('of a server that does not sign shows the secret token', () => {
    expect(said(verify, delivery(body, { 'x-gitlab-token': secret }), [secret])).toBe('OK');
    expect(said(verify, delivery(body, { 'x-gitlab-token': `${secret}.` }), [secret])).toBe('SIGNATURE_WRONG');
    expect(said(verify, delivery(body, {}), [secret])).toBe('SIGNATURE_MISSING');
  });

  test('that is signed stands or falls by its signature, whatever token it shows', () => {
    const right = signed(createHash('sha256').update(secret).digest());
    expect(said(verify, delivery(body, right), [secret])).toBe('OK');
    const wrong = { ...signed(Buffer.alloc(32)), 'x-gitlab-token': secret };
    expect(said(verify, delivery(body, wrong), [secret])).toBe('SIGNATURE_WRONG');
  });

  test('is signed with a signing token that a person brought, as it is', () => {
    const key = Buffer.alloc(32, 7);
    const token = `whsec_${key.toString('base64')}`;
    expect(said(verify, delivery(body, signed(key)), [token])).toBe('OK');
    expect(said(verify, delivery(body, signed(createHash('sha256').update(token).digest())), [token])).toBe(
      'SIGNATURE_WRONG',
    );
  });
});
