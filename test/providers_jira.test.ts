import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { networkFetch, openCall } from '../src/outbound.ts';
import type { Delivery } from '../src/providers/delivery.ts';
import { oauth } from '../src/providers/jira/auth.ts';
import { jira } from '../src/providers/jira/index.ts';
import { ProviderError } from '../src/providers/kit/error.ts';
import type { ProviderCall } from '../src/providers/provider.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/start.ts';
import { Secret } from '../src/secret.ts';

const webhook = jira.webhook!;
const NOW = new Date('2026-05-04T03:02:01.000Z');
const seconds = NOW.getTime() / 1000;
const clientSecret = 'ATOA-client-secret';

type Claims = { iat?: number; exp?: number; nbf?: number };

async function jwt(claims: Claims, secret = clientSecret, alg = 'HS256'): Promise<string> {
  return new SignJWT({ iss: 'client', ...claims })
    .setProtectedHeader({ alg })
    .sign(Buffer.from(secret.padEnd(64, '.')));
}

function byApp(authorization: string | undefined, body: unknown = {}): Delivery {
  return {
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    headers: { ...(authorization !== undefined && { authorization }), 'x-atlassian-webhook-identifier': 'w-1' },
    query: new URLSearchParams(),
    suffix: '',
  };
}

const padded = new Secret(clientSecret.padEnd(64, '.'));
function causeOf(delivery: Delivery, secrets: readonly Secret[] = [padded]): string {
  const verification = webhook.verify(delivery, secrets, NOW);
  return verification.ok ? 'OK' : verification.cause;
}

describe('the token of the app’s webhooks', () => {
  test('is taken while it is valid, with the old secret or the new', async () => {
    const delivery = byApp(`Bearer ${await jwt({ iat: seconds - 5, exp: seconds + 175 })}`);
    expect(causeOf(delivery)).toBe('OK');
    expect(causeOf(delivery, [new Secret('new'), padded])).toBe('OK');
  });

  test('is refused when it is missing, another’s, changed, or of another algorithm', async () => {
    const good = await jwt({ iat: seconds, exp: seconds + 180 });
    const [head, , signature] = good.split('.');
    const claims = Buffer.from(JSON.stringify({ iss: 'other', exp: seconds + 9e9 })).toString('base64url');
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    expect(causeOf(byApp(undefined))).toBe('SIGNATURE_MISSING');
    expect(causeOf(byApp(`Bearer ${good}`), [])).toBe('SECRET_MISSING');
    for (const token of [
      `Bearer ${await jwt({ exp: seconds + 180 }, 'another secret')}`,
      `Bearer ${await jwt({ exp: seconds + 180 }, clientSecret, 'HS512')}`,
      `Bearer ${head}.${claims}.${signature}`,
      `Bearer ${none}.${good.split('.')[1]}.`,
      `Bearer ${none}.${good.split('.')[1]}.${signature}`,
      `Bearer ${good}.x`,
      `Basic ${good}`,
      good,
    ]) {
      expect(causeOf(byApp(token)), token).toBe('SIGNATURE_WRONG');
    }
  });

  test('is refused when HMAC over a header that says another algorithm fits', () => {
    const head = Buffer.from(JSON.stringify({ alg: 'RS256' })).toString('base64url');
    const claims = Buffer.from(JSON.stringify({ exp: seconds + 60 })).toString('base64url');
    const mac = createHmac('sha256', clientSecret.padEnd(64, '.')).update(`${head}.${claims}`).digest('base64url');
    expect(causeOf(byApp(`Bearer ${head}.${claims}.${mac}`))).toBe('SIGNATURE_WRONG');
  });

  test('is refused when it is old, from the future, or says no time', async () => {
    const cause = async (claims: Claims) => causeOf(byApp(`Bearer ${await jwt(claims)}`));
    expect(await cause({ iat: seconds - 400, exp: seconds - 100 })).toBe('TIMESTAMP_STALE');
    expect(await cause({ iat: seconds - 400 })).toBe('TIMESTAMP_STALE');
    expect(await cause({ iat: seconds - 100 })).toBe('OK');
    expect(await cause({ iat: seconds + 100, exp: seconds + 400 })).toBe('TIMESTAMP_FUTURE');
    expect(await cause({ nbf: seconds + 100, exp: seconds + 400 })).toBe('TIMESTAMP_FUTURE');
    expect(await cause({})).toBe('TIMESTAMP_MISSING');
  });

  test('does not open the administrators’ endpoint', async () => {
    const delivery = byApp(`Bearer ${await jwt({ exp: seconds + 180 })}`);
    expect(causeOf({ ...delivery, suffix: 'hook' })).toBe('SIGNATURE_MISSING');
  });
});

describe('deliveries of the app', () => {
  let authorization: string;
  beforeAll(async () => {
    authorization = `Bearer ${await jwt({ exp: seconds + 180 })}`;
  });
  const parse = (body: unknown) => {
    const verification = webhook.verify(byApp(authorization, body), [padded], NOW);
    if (!verification.ok) throw new Error(verification.cause);
    return webhook.parse(verification.verified);
  };

  test('belong to the cloud site that `self` shows, by id or by address', () => {
    const of = (self: unknown) => parse({ webhookEvent: 'jira:issue_created', issue: { id: '1', self } })[0]!.accountId;
    const id = '11223344-a1b2-3b33-c444-def123456789';
    expect(of(`https://api.atlassian.com/ex/jira/${id}/rest/api/3/issue/1`)).toBe(id);
    expect(of('https://acme.atlassian.net/rest/api/2/issue/1')).toBe('https://acme.atlassian.net');
    for (const other of [undefined, 7, 'javascript:alert(1)', 'http://acme.atlassian.net/x', 'nonsense'])
      expect(of(other)).toBe('');
  });

  test.each([
    ['jira:issue_created', 'jira.issue.created'],
    ['comment_deleted', 'jira.comment.deleted'],
    ['jira:version_released', 'jira.version.released'],
    ['board_configuration_changed', 'jira.board_configuration.changed'],
    ['issuelink_created', 'jira.issuelink.created'],
  ])('name %s as %s', (webhookEvent, eventType) => {
    expect(parse({ webhookEvent })).toMatchObject([{ eventType, deliveryKey: 'w-1' }]);
    expect(jira.eventTypes.map(({ name }) => name)).toContain(eventType);
  });

  test('of two changes of one issue have two semantic keys', () => {
    const key = (id: string) =>
      parse({ webhookEvent: 'jira:issue_updated', issue: { id: '1' }, changelog: { id } })[0]!.semanticKey;
    expect(key('1')).toBe('jira.issue.updated:1:1');
    expect(key('2')).not.toBe(key('1'));
    expect(parse({ webhookEvent: 'jira:issue_updated', issue: { id: '1' } })[0]!.semanticKey).toBeUndefined();
  });

  test('end in events or a ProviderError, whatever they hold', () => {
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({
          webhookEvent: fc.oneof(fc.string(), fc.constant('jira:issue_updated')),
          issue: fc.jsonValue(),
          comment: fc.jsonValue(),
          timestamp: fc.jsonValue(),
          changelog: fc.jsonValue(),
        })
        .map(body => JSON.stringify(body)),
    );
    fc.assert(
      fc.property(bodies, body => {
        try {
          for (const { eventType, occurTime } of parse(body)) {
            expect(eventType).toMatch(/^jira(\.[a-z0-9_]+){1,2}$/);
            if (occurTime !== undefined) expect(Number.isNaN(occurTime.getTime())).toBe(false);
          }
        } catch (error) {
          if (!(error instanceof ProviderError)) throw error;
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('against the sandbox', () => {
  let sandbox: Sandbox;
  let call: (config: Record<string, unknown>) => ProviderCall;
  beforeAll(async () => {
    sandbox = await startSandbox();
    const { clientId, clientSecret: secret } = sandbox.seeds.jira;
    const redirect = 'http://127.0.0.1:1/v1/provider/jira/callback';
    const scope = oauth.scopes.default.join(oauth.scopes.separator);
    const asked = new URLSearchParams({
      ...oauth.authorizeParams,
      client_id: clientId,
      redirect_uri: redirect,
      scope,
      state: 's',
      response_type: 'code',
    });
    const back = await fetch(`${oauth.authorizeUrl(sandbox.endpoints.jira)}?${asked}`, { redirect: 'manual' });
    const code = new URL(back.headers.get('location')!).searchParams.get('code')!;
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirect,
      client_id: clientId,
      client_secret: secret,
    });
    const answer = await fetch(oauth.tokenUrl(sandbox.endpoints.jira), { method: 'POST', body });
    const { access_token } = (await answer.json()) as { access_token: string };
    const credential = { kind: 'OAUTH2', secrets: { access_token: new Secret(access_token) } } as const;
    call = config =>
      openCall({
        fetch: networkFetch,
        now: () => new Date(),
        provider: jira,
        endpoints: sandbox.endpoints.jira,
        app: undefined,
        credential,
        config,
        headers: oauth.headers(credential, config),
      });
  });
  afterAll(() => sandbox?.stop());

  test('a grant says which site it is for, and its projects are found', async () => {
    const [site] = sandbox.seeds.jira.sites;
    const identity = await oauth.identify(call({}));
    expect(identity).toMatchObject({
      account: { id: site!.cloudId, label: 'acme', url: 'https://acme.atlassian.net' },
    });
    const type = jira.references.find(({ name }) => name === 'jira.project')!;
    if (type.source !== 'PROVIDER') throw new Error('published');
    const known = call(identity.config!);
    const page = await type.list(known, { q: 'web', dependsOn: {}, pageSize: 10 });
    expect(page).toMatchObject({ items: [{ value: '10001', label: 'Website', state: 'PRESENT' }] });
    const found = await type.resolve(known, { values: ['10003', '10009'], dependsOn: {} });
    expect(found.map(({ value }) => value)).toEqual(['10003']);
  });

  test('a site the grant does not cover is forbidden', async () => {
    const config = { cloud_id: '00000000-0000-4000-a000-000000000000' };
    await expect(oauth.identify(call(config))).rejects.toMatchObject({ failure: { kind: 'forbidden' } });
  });
});
