import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { RewrapPhase, VaultService } from '../gen/mobius/integrations/internal/v1/vault_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { IntegrationError } from '../src/errors.ts';
import { networkFetch } from '../src/outbound.ts';
import { Secret } from '../src/secret.ts';
import type { Keyring } from '../src/vault/keyring.ts';
import { openKeyring } from '../src/vault/open_keyring.ts';
import { type KeyringServer, startAwsKms, startGcpKms, startTransit } from './keyring-servers.ts';
import { reasonOf } from './reason.ts';
import { startWorld } from './world.ts';

const arn = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const gcpKey = 'projects/p/locations/l/keyRings/r/cryptoKeys/k';
const token = 'hvs.test-token';
const fetch = networkFetch;
const dir = mkdtempSync(join(tmpdir(), 'mobius-keyrings-'));
const dataKey = randomBytes(32);

type Started = { url: string; server: KeyringServer };

async function startAws(): Promise<Started> {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  const server = await startAwsKms(arn);
  return { server, url: `aws-kms:${arn}?endpoint=${server.origin}` };
}

/** Google's library finds its way in through a file, as with workload identity federation. */
async function startGcp(): Promise<Started> {
  const server = await startGcpKms(gcpKey);
  const [subject, file] = [join(dir, 'subject'), join(dir, 'google.json')];
  writeFileSync(subject, 'subject-token');
  const audience = '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q';
  const type = { type: 'external_account', subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' };
  writeFileSync(
    file,
    JSON.stringify({ ...type, audience, token_url: `${server.origin}/token`, credential_source: { file: subject } }),
  );
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file);
  return { server, url: `gcp-kms:${gcpKey}?endpoint=${server.origin}` };
}

async function startVault(): Promise<Started> {
  const server = await startTransit(token);
  const file = join(dir, 'vault-token');
  writeFileSync(file, `${token}\n`);
  return { server, url: `vault:${server.origin}/transit/keys/mobius?token_file=${file}` };
}

/** What a call ended with: the reason, or `Error` for an error of no published reason. */
async function endOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'OK';
  } catch (error) {
    return error instanceof IntegrationError ? error.reason : 'Error';
  }
}

async function keepsItsPromises(ring: Keyring): Promise<void> {
  const wrapped = await ring.wrap(dataKey, 'here');
  expect(wrapped.includes(dataKey)).toBe(false);
  expect((await ring.unwrap(ring.active, wrapped, 'here')).equals(dataKey)).toBe(true);
  expect(await endOf(ring.unwrap(ring.active, wrapped, 'there'))).toBe('Error');
  const changed = Buffer.from(wrapped);
  changed[20] = changed[20]! === 65 ? 66 : 65;
  expect(await endOf(ring.unwrap(ring.active, changed, 'here'))).toBe('Error');
  expect(await endOf(ring.unwrap('another-key', wrapped, 'here'))).toBe('Error');
  // Many at once are each answered their own.
  const several = Array.from({ length: 20 }, () => randomBytes(32));
  const all = await Promise.all(
    several.map(async (key, i) => ring.unwrap(ring.active, await ring.wrap(key, `n${i}`), `n${i}`)),
  );
  expect(all.map((key, i) => key.equals(several[i]!))).toEqual(several.map(() => true));
}

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

describe.each([
  ['aws-kms', startAws, 'awskms'],
  ['gcp-kms', startGcp, 'gcpkms'],
  ['vault', startVault, 'transit'],
] as const)('%s', (_name, start, backend) => {
  let server: KeyringServer;
  let ring: Keyring;
  beforeAll(async () => {
    const started = await start();
    server = started.server;
    ring = await openKeyring(started.url, { fetch });
  });
  afterEach(() => {
    server.failure = undefined;
  });
  afterAll(async () => {
    ring.close();
    await server.close();
  });

  test('wraps and unwraps, bound to the key and the place', async () => {
    expect(ring.backend).toBe(backend);
    await keepsItsPromises(ring);
  });

  test.each([
    ['hangs up', 'HANG_UP' as const],
    ['is overloaded', { status: 503, body: {} }],
    ['does not let us in', { status: 403, body: { errors: ['denied'], __type: 'AccessDeniedException' } }],
    ['answers nonsense', { status: 200, body: {} }],
  ])('that %s is KEYRING_UNAVAILABLE, and says nothing of data keys lost', async (_what, failure) => {
    const wrapped = await ring.wrap(dataKey, 'here');
    server.failure = failure;
    expect(await endOf(ring.wrap(dataKey, 'here'))).toBe('KEYRING_UNAVAILABLE');
    expect(await endOf(ring.unwrap(ring.active, wrapped, 'here'))).toBe('KEYRING_UNAVAILABLE');
    server.failure = undefined;
    expect((await ring.unwrap(ring.active, wrapped, 'here')).equals(dataKey)).toBe(true);
  });
});

describe('what is asked of each', () => {
  test('AWS KMS: Encrypt with the key by its ARN and the place as encryption context, signed', async () => {
    const { server, url } = await startAws();
    const ring = await openKeyring(url, { fetch });
    await ring.wrap(dataKey, 'here');
    const [call] = server.calls;
    expect(call?.headers['x-amz-target']).toBe('TrentService.Encrypt');
    expect(call?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIATEST\/\d+\/eu-west-1\/kms\//);
    const Plaintext = dataKey.toString('base64');
    expect(call?.body).toMatchObject({ KeyId: arn, Plaintext, EncryptionContext: { 'mobius:data-key': 'here' } });
    ring.close();
    await server.close();
  });

  test('Google Cloud KMS: encrypt with the place as additional authenticated data', async () => {
    const { server, url } = await startGcp();
    await (await openKeyring(url, { fetch })).wrap(dataKey, 'here');
    const call = server.calls.at(-1);
    expect(call?.path).toBe(`/v1/${gcpKey}:encrypt`);
    expect(call?.body.plaintext).toBe(dataKey.toString('base64'));
    expect(Buffer.from(String(call?.body.additionalAuthenticatedData), 'base64').toString()).toContain('here');
    await server.close();
  });

  test('Vault Transit: the token, the place as associated data; the file is read again after a renewal', async () => {
    const { server, url } = await startVault();
    const ring = await openKeyring(url, { fetch });
    await ring.wrap(dataKey, 'here');
    expect(server.calls[0]?.headers['x-vault-token']).toBe(token);
    expect(Buffer.from(String(server.calls[0]?.body.associated_data), 'base64').toString()).toContain('here');
    writeFileSync(join(dir, 'vault-token'), 'renewed');
    expect(await endOf(ring.wrap(dataKey, 'here'))).toBe('KEYRING_UNAVAILABLE');
    expect(server.calls.at(-1)?.headers['x-vault-token']).toBe('renewed');
    const byVariable = url.replace(/\?.*/, '');
    expect(
      await endOf((await openKeyring(byVariable, { fetch, vaultToken: new Secret(token) })).wrap(dataKey, 'x')),
    ).toBe('OK');
    await server.close();
  });

  test.each([
    ['aws-kms:alias/mobius', 'ARN'],
    ['gcp-kms:projects/p', 'names a key'],
    ['vault:http://vault.example/transit/keys/k?token_file=/t', 'https'],
    ['vault:https://vault.example/transit/keys/k', 'VAULT_TOKEN'],
    ['vault:https://vault.example/nothing', 'names a Transit key'],
    ['pkcs11:token=t;object=o', 'module-path'],
    ['pkcs11:token=t;object=o?module-path=/m.so&pin-value=1234', 'takes no pin-value'],
    ['sops:x', 'no keyring is called sops:'],
  ])('%s is refused with the cure', async (url, cure) => {
    await expect(openKeyring(url, { fetch })).rejects.toThrow(cure);
    await expect(openKeyring(url, { fetch })).rejects.not.toThrow('1234');
  });
});

const module = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'].find(existsSync);
const hasBinding = existsSync(join(import.meta.dirname, '../node_modules/pkcs11js/build/Release/pkcs11.node'));
const missing =
  module === undefined ? 'SoftHSM (softhsm2) is not installed' : hasBinding ? undefined : 'pkcs11js was not built';
if (missing !== undefined) console.warn(`pkcs11 keyring: skipped, ${missing}`);

describe.skipIf(missing !== undefined)(`pkcs11 with SoftHSM${missing === undefined ? '' : ` (${missing})`}`, () => {
  const pin = join(dir, 'pin');
  const uri = (object: string, more = `&pin-source=file:${pin}`): string =>
    `pkcs11:token=mobius;object=${object}?module-path=${module}${more}`;

  beforeAll(async () => {
    const tokens = join(dir, 'tokens');
    mkdirSync(tokens);
    writeFileSync(join(dir, 'softhsm2.conf'), `directories.tokendir = ${tokens}\nobjectstore.backend = file\n`);
    writeFileSync(pin, '648219\n');
    // The module reads it from the C environment.
    process.env.SOFTHSM2_CONF = join(dir, 'softhsm2.conf');
    const init = ['--init-token', '--free', '--label', 'mobius', '--pin', '648219', '--so-pin', '1234567'];
    expect(spawnSync('softhsm2-util', init, { encoding: 'utf8' }).status).toBe(0);
    const { default: p11 } = await import('pkcs11js');
    const hsm = new p11.PKCS11();
    hsm.load(module!);
    hsm.C_Initialize();
    const session = hsm.C_OpenSession(hsm.C_GetSlotList(true)[0]!, p11.CKF_SERIAL_SESSION | p11.CKF_RW_SESSION);
    hsm.C_Login(session, p11.CKU_USER, '648219');
    for (const [label, extractable] of [
      ['k1', false],
      ['k2', false],
      ['loose', true],
    ] as const) {
      hsm.C_GenerateKey(session, { mechanism: p11.CKM_AES_KEY_GEN }, [
        { type: p11.CKA_LABEL, value: label },
        { type: p11.CKA_TOKEN, value: true },
        { type: p11.CKA_SENSITIVE, value: true },
        { type: p11.CKA_EXTRACTABLE, value: extractable },
        { type: p11.CKA_ENCRYPT, value: true },
        { type: p11.CKA_DECRYPT, value: true },
        { type: p11.CKA_VALUE_LEN, value: 32 },
      ]);
    }
    hsm.C_CloseSession(session);
  });

  test('wraps and unwraps inside the token, bound to the key and the place', async () => {
    const ring = await openKeyring(uri('k1'), { fetch });
    expect(ring).toMatchObject({ backend: 'pkcs11', active: 'pkcs11:mobius/k1' });
    await keepsItsPromises(ring);
    ring.close();
  });

  test('a session that was lost is opened anew', async () => {
    const ring = await openKeyring(uri('k1', ''), { fetch, pkcs11Pin: new Secret('648219') });
    const wrapped = await ring.wrap(dataKey, 'here');
    const { default: p11 } = await import('pkcs11js');
    const hsm = new p11.PKCS11();
    hsm.load(module!);
    hsm.C_CloseAllSessions(hsm.C_GetSlotList(true)[0]!);
    expect((await ring.unwrap(ring.active, wrapped, 'here')).equals(dataKey)).toBe(true);
    ring.close();
  });

  test('a key that can be taken out, an absent key and a wrong PIN are refused', async () => {
    await expect(openKeyring(uri('loose'), { fetch })).rejects.toThrow('can be taken out');
    await expect(openKeyring(uri('nobody'), { fetch })).rejects.toThrow('no AES keys nobody');
    await expect(openKeyring(uri('k1', ''), { fetch })).rejects.toThrow('MOBIUS_PKCS11_PIN');
  });

  test('two keyrings side by side: the first wraps, both unwrap', async () => {
    const old = await openKeyring(uri('k1'), { fetch });
    const wrapped = await old.wrap(dataKey, 'here');
    const both = await openKeyring(`${uri('k2')} ${uri('k1')}`, { fetch });
    expect(both.active).toBe('pkcs11:mobius/k2');
    expect(both.keys).toEqual(['pkcs11:mobius/k2', 'pkcs11:mobius/k1']);
    expect((await both.unwrap(old.active, wrapped, 'here')).equals(dataKey)).toBe(true);
    await keepsItsPromises(both);
    both.close();
    old.close();
  });
});

describe('a service on a remote keyring', () => {
  test('serves on from its cache while the keyring is away; a project it has no key of is KEYRING_UNAVAILABLE', async () => {
    const { server, url } = await startVault();
    const world = await startWorld({ environment: { MOBIUS_KEYRING: url } });
    try {
      const connect = (project: string) => {
        const credentials = { api_key: world.seeds.linear.apiKey };
        return reasonOf(world.rpc(IntegrationService).connectProvider({ project, provider: 'linear', credentials }));
      };
      const resolve = (project: string) => {
        const target = { case: 'provider', value: 'linear' } as const;
        const request = { project, target, purpose: 'linear.issue.list', runId: 'r' };
        return reasonOf(world.internal(CredentialService, 'executor').resolveCredential(request));
      };
      expect(await connect('known')).toBe('OK');
      expect(await resolve('known')).toBe('OK');
      const before = server.calls.length;
      await Promise.all(Array.from({ length: 20 }, () => resolve('known')));
      expect(server.calls.length).toBe(before);

      server.failure = 'HANG_UP';
      expect(await resolve('known')).toBe('OK');
      expect(await connect('unknown')).toBe('KEYRING_UNAVAILABLE');
      server.failure = undefined;
      expect(await connect('unknown')).toBe('OK');
      expect(await resolve('unknown')).toBe('OK');
    } finally {
      await world.stop();
      await server.close();
    }
  });

  test('data keys move to it from a file while the service serves; a move that broke off goes on where it stopped', async () => {
    const file = join(dir, 'keyring.json');
    writeFileSync(file, JSON.stringify({ active: 'k1', keys: { k1: randomBytes(32).toString('base64') } }));
    const { server, url } = await startVault();
    const world = await startWorld({ environment: { MOBIUS_KEYRING: `file:${file}` } });
    const moving = await startWorld({
      environment: { DATABASE_URL: world.serviceDatabaseUrl, MOBIUS_KEYRING: `${url} file:${file}` },
    });
    try {
      for (let i = 0; i < 30; i++) {
        const credentials = { api_key: world.seeds.linear.apiKey };
        await world.rpc(IntegrationService).connectProvider({ project: `m${i}`, provider: 'linear', credentials });
      }
      const vault = moving.internal(VaultService, 'operator');
      const rewrap = async () => {
        let last: { phase: RewrapPhase; totalCount: bigint } | undefined;
        for await (const told of vault.rewrapKeys({})) if (told.phase !== RewrapPhase.VERIFY) last ??= told;
        return last;
      };
      // Two calls a data key: the wrap, and the proof of it.
      server.answersLeft = 30;
      expect(await reasonOf(rewrap())).toBe('KEYRING_UNAVAILABLE');
      const { staleDataKeyCount } = await vault.getKeyringStatus({});
      expect(Number(staleDataKeyCount)).toBeGreaterThan(0);
      expect(Number(staleDataKeyCount)).toBeLessThan(30);
      server.answersLeft = Number.POSITIVE_INFINITY;
      // A key whose wrap was under way when the move broke off may still have been written.
      const total = Number((await rewrap())?.totalCount);
      expect(total).toBeLessThanOrEqual(Number(staleDataKeyCount));
      expect(total).toBeGreaterThan(0);
      expect((await vault.getKeyringStatus({})).staleDataKeyCount).toBe(0n);
    } finally {
      await moving.stop();
      await world.stop();
      await server.close();
    }
  });
});
