import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callers, openCertificates } from '../src/dev/certificates.ts';
import { writeEnvFile } from '../src/dev/env_file.ts';
import { openIssuer } from '../src/dev/issuer.ts';
import { startPostgres } from '../src/dev/postgres.ts';
import { lockRun } from '../src/dev/run_lock.ts';

const dayMs = 24 * 60 * 60 * 1000;
const start = new Date('2027-01-01T00:00:00Z');
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'mobius-dev-'));
  // As root: PostgreSQL runs as another user, who must pass.
  chmodSync(dir, 0o755);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('certificates', () => {
  const opened = (name: string, at: Date) => openCertificates(join(dir, name), () => at);
  const serialOf = (path: string) => new X509Certificate(readFileSync(path)).serialNumber;

  test('name each caller by its SPIFFE URI alone, signed by an authority whose key is kept nowhere', async () => {
    const { ca, clients, server } = await opened('named', start);
    const authority = new X509Certificate(readFileSync(ca));
    for (const [name, uri] of Object.entries(callers)) {
      const leaf = new X509Certificate(readFileSync(clients[name as keyof typeof clients].cert));
      expect(leaf.verify(authority.publicKey)).toBe(true);
      expect(leaf.subjectAltName).toBe(`URI:${uri}`);
      expect(leaf.ca).toBe(false);
    }
    expect(new X509Certificate(readFileSync(server.cert)).checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(statSync(server.key).mode & 0o777).toBe(0o600);
    expect(existsSync(ca.replace(/pem$/, 'key'))).toBe(false);
  });

  test('stay until 30 days before their end, then all are made anew', async () => {
    const first = serialOf((await opened('aging', start)).server.cert);
    const in334Days = new Date(start.getTime() + 334 * dayMs);
    expect(serialOf((await opened('aging', in334Days)).server.cert)).toBe(first);
    const in336Days = new Date(start.getTime() + 336 * dayMs);
    const { ca, server } = await opened('aging', in336Days);
    expect(serialOf(server.cert)).not.toBe(first);
    expect(new X509Certificate(readFileSync(server.cert)).verify(new X509Certificate(readFileSync(ca)).publicKey)).toBe(
      true,
    );
  });

  test('are made anew when one is missing', async () => {
    const { clients, server } = await opened('missing', start);
    const first = serialOf(server.cert);
    rmSync(clients.trigger.key);
    await opened('missing', start);
    expect(serialOf(server.cert)).not.toBe(first);
    expect(existsSync(clients.trigger.key)).toBe(true);
  });
});

test('a token of the issuer verifies against its key set, before and after a restart', async () => {
  const place = join(dir, 'issuer');
  const issuer = await openIssuer(place, () => start);
  const token = await issuer.issueToken({ subject: 'user:demo', projects: ['demo'], lifetimeSeconds: 60 });
  const again = await openIssuer(place, () => start);
  const keys = createLocalJWKSet(JSON.parse(readFileSync(again.jwks, 'utf8')));
  const { payload } = await jwtVerify(token, keys, {
    issuer: issuer.url,
    audience: issuer.audience,
    currentDate: start,
  });
  expect(payload).toMatchObject({ sub: 'user:demo', projects: ['demo'], exp: start.getTime() / 1000 + 60 });
  expect(readFileSync(again.jwks, 'utf8')).not.toContain('"d"');
});

test('dev.env can be sourced by a shell whatever is in its values, and only its owner reads it', () => {
  const path = join(dir, 'dev.env');
  writeEnvFile(path, { PLAIN: '/tmp/a-b_c.pem', HARD: `it's $HOME "x" \`y\`` });
  expect(readFileSync(path, 'utf8')).toBe(`PLAIN=/tmp/a-b_c.pem\nHARD='it'\\''s $HOME "x" \`y\`'\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

describe('the run lock', () => {
  test('of a process that is gone, or is no run, is taken over and let go', () => {
    const place = join(dir, 'lock');
    const letGo = lockRun(place);
    letGo();
    writeFileSync(join(place, 'run.pid'), '999999999');
    lockRun(place)();
    writeFileSync(join(place, 'run.pid'), String(process.ppid));
    lockRun(place)();
    expect(existsSync(join(place, 'run.pid'))).toBe(false);
  });
});

describe('the embedded PostgreSQL', () => {
  const query = async (connectionString: string, sql: string): Promise<unknown[]> => {
    const client = new Client({ connectionString });
    await client.connect();
    const { rows } = await client.query(sql);
    await client.end();
    return rows;
  };

  test('keeps data, password and port over restarts, and takes another port when its own is taken', async () => {
    const dataDir = join(dir, 'restarts');
    const first = await startPostgres({ dataDir });
    const url = await first.createDatabase('kept');
    await query(url, 'create table kept as select 42 as answer');
    await first.stop();

    const second = await startPostgres({ dataDir });
    expect(second.url).toBe(first.url);
    expect(await query(await second.createDatabase('kept'), 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.stop();

    const squatter = createServer().listen(first.port, '127.0.0.1');
    try {
      const third = await startPostgres({ dataDir });
      expect(third.port).not.toBe(first.port);
      await third.stop();
    } finally {
      squatter.close();
    }
  });

  test('comes back after its server was killed, with what was committed', async () => {
    const dataDir = join(dir, 'killed');
    const first = await startPostgres({ dataDir });
    const url = await first.createDatabase('kept');
    await query(url, 'create table kept as select 42 as answer');
    const [server] = (await query(url, "select pg_read_file('postmaster.pid') as lock")) as { lock: string }[];
    process.kill(Number.parseInt(server?.lock ?? '', 10), 'SIGKILL');
    await first.ended;
    const second = await startPostgres({ dataDir });
    expect(await query(await second.createDatabase('kept'), 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.stop();
  });

  test('refuses another password, and says what to do when the password is lost', async () => {
    const dataDir = join(dir, 'password');
    const postgres = await startPostgres({ dataDir });
    const wrong = new URL(postgres.url);
    wrong.password = 'postgres';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
    await postgres.stop();
    rmSync(join(dataDir, 'password'));
    await expect(startPostgres({ dataDir })).rejects.toThrow('to start anew');
  });
});
