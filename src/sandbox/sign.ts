/** Signatures as the vendors make them, over the raw body. Each returns the headers to send. */
import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';

export function signSlack(secret: string, body: string, time: Date): Record<string, string> {
  const timestamp = unixSeconds(time);
  return {
    'X-Slack-Request-Timestamp': timestamp,
    'X-Slack-Signature': `v0=${hmac(secret, `v0:${timestamp}:${body}`, 'hex')}`,
  };
}

export function signGitHub(secret: string, body: string): Record<string, string> {
  return { 'X-Hub-Signature-256': `sha256=${hmac(secret, body, 'hex')}` };
}

/** The timestamp is `webhookTimestamp` inside the body. */
export function signLinear(secret: string, body: string): Record<string, string> {
  return { 'Linear-Signature': hmac(secret, body, 'hex') };
}

/** A webhook an administrator registered with a secret. */
export function signJiraAdmin(secret: string, body: string): Record<string, string> {
  return { 'X-Hub-Signature': `sha256=${hmac(secret, body, 'hex')}` };
}

/** A webhook the OAuth app registered: the token is signed with the client secret and says nothing of the body. */
export async function signJiraApp(clientId: string, clientSecret: string, time: Date): Promise<Record<string, string>> {
  const issued = Math.floor(time.getTime() / 1000);
  const jwt = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(clientId)
    .setIssuedAt(issued)
    .setExpirationTime(issued + 180)
    .sign(Buffer.from(clientSecret));
  return { Authorization: `Bearer ${jwt}` };
}

/** Standard Webhooks. `secret` is `whsec_` and base64. */
export function signStandard(secret: string, id: string, body: string, time: Date): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const timestamp = unixSeconds(time);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${hmac(key, `${id}.${timestamp}.${body}`, 'base64')}`,
  };
}

function hmac(secret: string | Buffer, text: string, encoding: 'hex' | 'base64'): string {
  return createHmac('sha256', secret).update(text).digest(encoding);
}

function unixSeconds(time: Date): string {
  return String(Math.floor(time.getTime() / 1000));
}
