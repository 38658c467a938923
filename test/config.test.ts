import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../src/config.ts';
import { loadPlatform } from '../src/platform.ts';
import { providers } from '../src/providers/index.ts';
import { openFileKeyring } from '../src/vault/keyring_file.ts';

const dir = mkdtempSync(join(tmpdir(), 'mobius-config-'));

function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

const good = {
  DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/d',
  MOBIUS_KEYRING: 'keyring.json',
  MOBIUS_ACCESS_FILE: file('access.yaml', ''),
  MOBIUS_INTERNAL_TLS_CERT: file('cert.pem', 'cert'),
  MOBIUS_INTERNAL_TLS_KEY: file('key.pem', 'key'),
  MOBIUS_INTERNAL_CLIENT_CA: file('ca.pem', 'ca'),
  MOBIUS_ISSUER: 'https://issuer.example',
  MOBIUS_AUDIENCE: 'mobius',
  MOBIUS_JWKS: 'https://issuer.example/jwks',
};

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('configuration', () => {
  test('takes the defaults of the contract', () => {
    const config = loadConfig(good);
    expect(config.edgeListen).toEqual({ host: '127.0.0.1', port: 8080 });
    expect(config.rpcListen).toEqual({ host: '127.0.0.1', port: 50_051 });
    expect(config.internalListen).toEqual({ host: '127.0.0.1', port: 50_052 });
    expect(config.metricsListen).toEqual({ host: '127.0.0.1', port: 9464 });
  });

  test('an empty environment names every variable that production needs, at once', () => {
    const named = problemsOf({}).map(p => p.split(':')[0]);
    expect(named.sort()).toEqual(Object.keys(good).sort());
  });

  test.each([
    ['DATABASE_URL', 'mysql://x'],
    ['DATABASE_URL', 'not a url'],
    ['MOBIUS_EDGE_LISTEN', '8080'],
    ['MOBIUS_RPC_LISTEN', 'localhost:99999'],
    ['MOBIUS_ACCESS_FILE', '/nowhere/access.yaml'],
    ['MOBIUS_INTERNAL_TLS_KEY', '/nowhere/key.pem'],
    ['MOBIUS_JWKS', 'http://issuer.example/jwks'],
    ['MOBIUS_POOL_MAX', '1'],
    ['MOBIUS_PUBLIC_URL', 'ftp://x'],
    ['MOBIUS_LOG_LEVEL', 'loud'],
  ])('%s=%s is refused by name', (name, value) => {
    const problems = problemsOf({ ...good, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: `));
  });

  test('every variable the service reads is in the README', () => {
    const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
    const named = new Set(read('../src/config.ts').match(/\b(?:MOBIUS|VAULT)_[A-Z0-9_]+[A-Z]\b|\bDATABASE_URL\b/g));
    const readme = read('../README.md').replace(
      '`MOBIUS_INTERNAL_TLS_CERT`, `_KEY`',
      '`MOBIUS_INTERNAL_TLS_CERT`, `MOBIUS_INTERNAL_TLS_KEY`',
    );
    expect([...named].filter(name => !readme.includes(name))).toEqual([]);
  });

  test('a message repeats no value of a variable, which may hold a password', () => {
    expect(problemsOf({ ...good, DATABASE_URL: 'mysql://user:hunter2@db/x' }).join()).not.toContain('hunter2');
  });
});

describe('keyring', () => {
  const key = Buffer.alloc(32, 7).toString('base64');

  test('unwraps what it wrapped, and only in the same context', async () => {
    const keyring = openFileKeyring(JSON.stringify({ active: 'k1', keys: { k1: key } }));
    const wrapped = await keyring.wrap(Buffer.alloc(32, 1), 'here');
    expect(await keyring.unwrap('k1', wrapped, 'here')).toEqual(Buffer.alloc(32, 1));
    await expect(keyring.unwrap('k1', wrapped, 'there')).rejects.toThrow();
    await expect(keyring.unwrap('k2', wrapped, 'here')).rejects.toThrow('has no key k2');
  });

  test.each([
    ['{"active":"k1","keys":{}}', 'keys'],
    ['{"active":"k2","keys":{"k1":"KEY"}}', 'k2'],
    ['{"active":"k1","keys":{"k1":"c2hvcnQ="}}', 'keys/k1'],
    ['{"active":', 'not JSON'],
    ['/nowhere/keyring.json', 'ENOENT'],
  ])('%s is refused, naming the place and no key', (text, place) => {
    const open = () => openFileKeyring(text.replace('KEY', key));
    expect(open).toThrow(place);
    expect(open).not.toThrow(key);
  });
});

describe('platform file', () => {
  test('names every problem at once and repeats no value', () => {
    const path = file(
      'platform.yaml',
      'providers:\n  slack:\n    app: {client_secret: 5}\n  nobody: {}\nreturn_origins: [x]\n',
    );
    const load = () => loadPlatform(path, providers);
    expect(load).toThrow(/\/providers\/nobody/);
    expect(load).toThrow(/\/return_origins\/0/);
    expect(load).toThrow(/\/providers\/slack\/app/);
  });

  test('an override replaces one endpoint and leaves the others', () => {
    const path = file('endpoints.yaml', 'providers:\n  github:\n    endpoints: {api: "https://ghe.example/api/v3"}\n');
    const github = providers.find(p => p.id === 'github');
    if (github === undefined) throw new Error('no github');
    expect(loadPlatform(path, providers).endpointsOf(github, {})).toEqual({
      web: 'https://github.com',
      api: 'https://ghe.example/api/v3',
    });
  });

  test('a secret of the app cannot be printed', () => {
    const app = 'client_id: a, client_secret: hush-hush, signing_secret: hush-hush';
    const path = file('app.yaml', `providers:\n  slack:\n    app: {${app}}\n`);
    const slack = providers.find(p => p.id === 'slack');
    if (slack === undefined) throw new Error('no slack');
    const found = loadPlatform(path, providers).appOf(slack);
    expect(found?.secrets.client_secret).toHaveLength(1);
    expect(`${JSON.stringify(found)} ${String(found?.secrets.client_secret?.[0])}`).not.toContain('hush');
  });
});
