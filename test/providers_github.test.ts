import { createHmac, createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { networkFetch, openCall } from '../src/outbound.ts';
import type { Delivery, ParsedEvent } from '../src/providers/delivery.ts';
import { app, personalToken } from '../src/providers/github/auth.ts';
import { github } from '../src/providers/github/index.ts';
import { ProviderError } from '../src/providers/kit/error.ts';
import type { ConnectMethod, OpenCredential, ReferenceItem } from '../src/providers/provider.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/start.ts';
import { reveal, Secret } from '../src/secret.ts';

type Payload = Record<string, unknown> & { action?: string };
type Example = { name: string; examples: Payload[] };

const examplesFile = createRequire(import.meta.url).resolve('@octokit/webhooks-examples');
const published = JSON.parse(readFileSync(examplesFile, 'utf8')) as Example[];
const payloads = published.flatMap(({ name, examples }) => examples.map(payload => ({ name, payload })));
const secret = new Secret('hook-secret-hook-secret');
const webhook = github.webhook!;
const NOW = new Date('2026-05-04T03:02:01.000Z');

function sent(event: string, payload: unknown, headers: Record<string, string> = {}, suffix = ''): Delivery {
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const signature = `sha256=${createHmac('sha256', reveal(secret)).update(body).digest('hex')}`;
  return {
    body,
    suffix,
    query: new URLSearchParams(),
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': signature,
      ...headers,
    },
  };
}

function parsed(delivery: Delivery): readonly ParsedEvent[] {
  const verification = webhook.verify(delivery, [secret], NOW);
  if (!verification.ok) throw new Error(verification.cause);
  return webhook.parse(verification.verified);
}

describe('the payloads GitHub publishes', () => {
  test('are all of them there', () => {
    expect(published).toHaveLength(58);
    expect(payloads.length).toBeGreaterThan(320);
  });

  test('all parse, and their names follow the rule', () => {
    for (const { name, payload } of payloads) {
      const events = parsed(sent(name, payload));
      if (name === 'ping') {
        expect(events).toEqual([]);
        continue;
      }
      const open = payload.action === undefined || name === 'repository_dispatch';
      const eventType = open ? `github.${name}` : `github.${name}.${payload.action}`;
      expect(events).toHaveLength(1);
      expect(events[0]).toMatchObject({ eventType, payload });
      const { installation, organization, repository } = payload as Record<
        string,
        { id: number; owner: { id: number } }
      >;
      const owner = organization?.id ?? repository?.owner.id;
      const account = installation ? String(installation.id) : owner === undefined ? '' : `account:${owner}`;
      expect(events[0]!.accountId, eventType).toBe(account);
    }
  });

  test('fit the schemas of the events we list', () => {
    const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true }));
    const schemas = new Map(github.eventTypes.map(type => [type.name, ajv.compile(type.payloadSchema)]));
    const seen = new Set<string>();
    for (const { name, payload } of payloads) {
      for (const { eventType } of parsed(sent(name, payload))) {
        const validate = schemas.get(eventType);
        if (validate === undefined) continue;
        seen.add(eventType);
        expect(validate(payload) ? [] : validate.errors, eventType).toEqual([]);
      }
    }
    expect(seen.size).toBeGreaterThan(100);
  });

  test('are refused when forged', () => {
    for (const { name, payload } of payloads) {
      const genuine = sent(name, payload);
      const forged = { ...genuine, body: Buffer.from(JSON.stringify({ ...payload, forged: true })) };
      expect(webhook.verify(forged, [secret], NOW)).toEqual({ ok: false, cause: 'SIGNATURE_WRONG' });
      expect(webhook.verify(genuine, [new Secret('another')], NOW)).toEqual({ ok: false, cause: 'SIGNATURE_WRONG' });
    }
  });

  test('come as a form too, as hooks made by hand send them', () => {
    for (const { name, payload } of payloads.filter((_, index) => index % 10 === 0)) {
      const form = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      expect(parsed(sent(name, form, type))).toEqual(parsed(sent(name, payload)));
    }
  });
});

test('every listed event is one that GitHub’s published types know', () => {
  const types = createRequire(examplesFile).resolve('@octokit/webhooks-types/schema.d.ts');
  const source = readFileSync(types, 'utf8');
  const known = new Set<string>();
  const pascal = (text: string) => text.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
  const interfaces = new Map(
    [...source.matchAll(/export interface (\w+) \{([\s\S]*?)\n\}/g)].map(([, name, body]) => [name, body ?? '']),
  );
  for (const { name } of github.eventTypes) {
    const [, event = '', action = ''] = name.split('.');
    const body = interfaces.get(`${pascal(event)}${pascal(action)}Event`) ?? interfaces.get(`${pascal(event)}Event`);
    if (body !== undefined && (action === '' || body.includes(`action: "${action}"`))) known.add(name);
  }
  // Described as unions there, one interface a variant.
  const unions = ['review_requested', 'review_request_removed'].map(action => `github.pull_request.${action}`);
  for (const name of unions) if (source.includes(`action: "${name.split('.')[2]}"`)) known.add(name);
  expect(github.eventTypes.map(({ name }) => name).filter(name => !known.has(name))).toEqual([]);
  expect(github.eventTypes.length).toBeGreaterThan(100);
});

describe('the event’s name, which no signature covers,', () => {
  const issue = payloads.find(({ name }) => name === 'issues')!.payload;

  test('is refused where the body is not of that event', () => {
    for (const event of ['push', 'pull_request', 'release', 'installation', 'workflow_run']) {
      expect(() => parsed(sent(event, issue)), event).toThrow(ProviderError);
    }
  });

  test('is refused where it is no name', () => {
    for (const event of ['', 'a.b', 'Issues', '../x', 'x'.repeat(99)]) {
      expect(() => parsed(sent(event, issue)), event).toThrow(ProviderError);
    }
  });
});

describe('the same happening', () => {
  const labeled = payloads.find(({ name, payload }) => name === 'issues' && payload.action === 'labeled')!.payload;
  const key = (payload: unknown, suffix = '') => parsed(sent('issues', payload, {}, suffix))[0]!.semanticKey;

  test('told by the App and by a hook has one semantic key', () => {
    const { installation: _, ...byHook } = labeled;
    expect(key(labeled)).toBeDefined();
    expect(key({ ...byHook, installation: { id: 1 } })).toBe(key(byHook, 'hook'));
  });

  test('is another when another label went on in the same second', () => {
    const label = labeled.label as object;
    expect(key({ ...labeled, label: { ...label, id: 1, name: 'other' } })).not.toBe(key(labeled));
  });

  test('has no semantic key where GitHub gives no version', () => {
    const star = payloads.find(({ name }) => name === 'star')!;
    expect(parsed(sent('star', star.payload))[0]!.semanticKey).toBeUndefined();
  });
});

test('whatever a signed body holds, parsing ends in events or a ProviderError', () => {
  const events = fc.oneof(fc.constantFrom(...published.map(({ name }) => name)), fc.string({ maxLength: 70 }));
  const bodies = fc.oneof(
    fc.json(),
    fc.string(),
    fc
      .tuple(
        fc.constantFrom(...payloads.slice(0, 60)),
        fc.dictionary(
          fc.constantFrom('action', 'issue', 'repository', 'installation', 'ref', 'label', 'sender', 'organization'),
          fc.jsonValue(),
        ),
      )
      .map(([{ payload }, changes]) => JSON.stringify({ ...payload, ...changes })),
  );
  fc.assert(
    fc.property(
      events,
      bodies,
      fc.constantFrom('application/json', 'application/x-www-form-urlencoded'),
      (event, body, type) => {
        try {
          for (const { eventType } of parsed(sent(event, body, { 'content-type': type }))) {
            expect(eventType).toMatch(/^github(\.[a-z0-9_]+){1,2}$/);
          }
        } catch (error) {
          if (!(error instanceof ProviderError)) throw error;
        }
      },
    ),
    { numRuns: 400 },
  );
});

describe('against the sandbox', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox?.stop());

  const openFor = (
    method: ConnectMethod,
    secrets: Record<string, Secret>,
    config: Record<string, unknown>,
    key?: string,
  ) => {
    const credential: OpenCredential = { kind: method.authKind, secrets };
    const { appId, slug, privateKey } = sandbox.seeds.github;
    return openCall({
      fetch: networkFetch,
      now: () => new Date(),
      provider: github,
      endpoints: sandbox.endpoints.github,
      app: {
        fields: { app_id: String(appId), slug },
        secrets: { private_key: [new Secret(key ?? privateKey)] },
      },
      credential,
      config,
      headers: Object.keys(secrets).length === 0 ? {} : method.headers(credential, config),
    });
  };
  const kindOf = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error: unknown) => (error instanceof ProviderError ? error.failure.kind : String(error)),
    );

  test('an installation is found from the callback, mints a token, says who it is, and sees its repositories', async () => {
    const { slug } = sandbox.seeds.github;
    const installUrl = app.installUrl(sandbox.endpoints.github, { fields: { slug }, secrets: {} });
    const back = await fetch(`${installUrl}?state=s&redirect_uri=http://127.0.0.1/cb`, { redirect: 'manual' });
    const config = app.readCallback(new URL(back.headers.get('location')!).searchParams)!;
    expect(config).toEqual({ installation_id: '41000001' });
    const { accessToken, expireTime, grantedScopes } = await app.mint(openFor(app, {}, config));
    expect(reveal(accessToken)).toMatch(/^ghs_/);
    expect(Math.abs(expireTime.getTime() - Date.now() - 3_600_000)).toBeLessThan(30_000);
    expect(grantedScopes).toEqual(expect.arrayContaining(['issues:read', 'issues:write', 'contents:read']));
    expect(grantedScopes).not.toContain('contents:write');

    const call = openFor(app, { access_token: accessToken }, config);
    const identity = await app.identify(call);
    expect(identity).toMatchObject({
      account: { id: '41000001', label: 'acme' },
      config: { installation_id: '41000001' },
    });

    const type = github.references.find(({ name }) => name === 'github.repository')!;
    if (type.source !== 'PROVIDER') throw new Error('published');
    const items: ReferenceItem[] = [];
    let cursor: string | undefined;
    do {
      const page = await type.list(call, {
        q: '',
        dependsOn: {},
        pageSize: 2,
        ...(cursor !== undefined && { cursor }),
      });
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(items.map(({ value }) => value).sort()).toEqual([
      'acme/api',
      'acme/docs',
      'acme/infra',
      'acme/mobile',
      'acme/web',
    ]);
    const resolved = await type.resolve(call, { values: ['acme/api', 'acme/none'], dependsOn: {} });
    expect(resolved.map(({ value, state }) => [value, state])).toEqual([['acme/api', 'PRESENT']]);

    await app.revoke!(call);
    expect(await kindOf(type.list(call, { q: '', dependsOn: {}, pageSize: 2 }))).toBe('refused');
  });

  test('an installation GitHub does not know is refused; a key GitHub does not know is our own trouble', async () => {
    const config = { installation_id: '41000001' };
    expect(await kindOf(app.mint(openFor(app, {}, { installation_id: '999' })))).toBe('refused');
    expect(await kindOf(app.mint(openFor(app, {}, { installation_id: '../../user' })))).toBe('refused');
    expect(
      await kindOf(app.mint(openFor(app, {}, config, sandbox.seeds.google_sheets.serviceAccount.private_key))),
    ).toBe('rejected');
    expect(await kindOf(app.mint(openFor(app, {}, config, 'no key at all')))).toBe('rejected');
    const publicKey = createPublicKey(createPrivateKey(sandbox.seeds.github.privateKey)).export({
      type: 'spki',
      format: 'pem',
    });
    expect(await kindOf(app.mint(openFor(app, {}, config, String(publicKey))))).toBe('rejected');
  });

  test('the person who came back is let in to an installation of theirs, and to no other', async () => {
    const { slug, clientId, clientSecret } = sandbox.seeds.github;
    const installUrl = app.installUrl(sandbox.endpoints.github, { fields: { slug }, secrets: {} });
    const redirect = 'http://127.0.0.1:1/v1/provider/github/callback';
    const back = await fetch(`${installUrl}?${new URLSearchParams({ state: 's', redirect_uri: redirect })}`, {
      redirect: 'manual',
    });
    const query = new URL(back.headers.get('location')!).searchParams;
    const answer = await fetch(app.consent.tokenUrl(sandbox.endpoints.github), {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({
        client_id: clientId,
        client_secret: clientSecret,
        code: query.get('code')!,
        redirect_uri: redirect,
      }),
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    const as = (config: Readonly<Record<string, string>>) =>
      openFor(app, { access_token: new Secret(access_token) }, config);
    expect(await kindOf(app.confirm(as(app.readCallback(query)!)))).toBe('none');
    expect(await kindOf(app.confirm(as({ installation_id: '41000002' })))).toBe('refused');
    expect(await kindOf(app.confirm(as({ installation_id: '4100000' })))).toBe('refused');
  });

  test('a callback without a whole number for an installation has none', () => {
    for (const query of [
      '',
      'installation_id=',
      'installation_id=0',
      'installation_id=1/../2',
      'setup_action=request',
    ]) {
      expect(app.readCallback(new URLSearchParams(query))).toBeUndefined();
    }
  });

  test('a personal token says who it is and what it may; an unknown one is refused', async () => {
    const key = new Secret(sandbox.seeds.github.personalToken);
    const identity = await personalToken.identify(openFor(personalToken, { api_key: key }, {}));
    expect(identity.account).toMatchObject({ label: 'octavia' });
    expect(identity.account.id).toMatch(/^account:\d+$/);
    expect(identity.grantedScopes).toEqual(expect.arrayContaining(['issues:write', 'contents:read', 'members:read']));
    const wrong = openFor(personalToken, { api_key: new Secret('ghp_wrong') }, {});
    expect(await kindOf(personalToken.identify(wrong))).toBe('refused');
  });

  test('what the sandbox delivers verifies and is attributed to the installation', async () => {
    const { webhookSecret } = sandbox.seeds.github;
    let taken: Delivery | undefined;
    const { createServer } = await import('node:http');
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      taken = { body: Buffer.concat(chunks), headers, query: new URLSearchParams(), suffix: '' };
      response.end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { deliveryId } = await sandbox.deliver('github', { event: 'issues.opened', to: `http://127.0.0.1:${port}` });
    await new Promise(resolve => server.close(resolve));
    const verification = webhook.verify(taken!, [new Secret(webhookSecret)], new Date());
    if (!verification.ok) throw new Error(verification.cause);
    expect(webhook.parse(verification.verified)).toMatchObject([
      { eventType: 'github.issues.opened', deliveryKey: deliveryId, accountId: '41000001' },
    ]);
  });
});
