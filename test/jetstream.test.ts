import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConsumerMessages, jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort } from '../src/dev/free_port.ts';
import { addIntegration, deliver } from './event_stage.ts';
import { startWorld, type World } from './world.ts';

const isInstalled = spawnSync('nats-server', ['--version']).status === 0;
if (!isInstalled) console.log('jetstream.test.ts is skipped: nats-server is not installed (Debian: nats-server)');

describe.skipIf(!isInstalled)('with JetStream', () => {
  let world: World;
  let port: number;
  let dir: string;
  let server: ChildProcess;
  let connection: NatsConnection;
  const project = 'n1';
  const account = randomUUID();
  const received: { id: string; subject: string; body: { event: { data: { n: number } }; meta: { id: string } } }[] =
    [];

  const startServer = async (): Promise<void> => {
    server = spawn('nats-server', ['-js', '-sd', dir, '-p', String(port), '-a', '127.0.0.1'], { stdio: 'pipe' });
    let said = '';
    await new Promise<void>((resolve, reject) => {
      server.once('exit', () => reject(new Error(said)));
      server.stderr?.on('data', chunk => {
        said += String(chunk);
        if (said.includes('Server is ready')) resolve();
      });
    });
  };
  const change = (n: number) => deliver(world, account, { more: { data: { id: 'one', n } } });

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'mobius-nats-'));
    port = await findFreePort();
    await startServer();
    world = await startWorld({ environment: { MOBIUS_NATS_URL: `nats://127.0.0.1:${port}` } });
    connection = await connect({ servers: [`127.0.0.1:${port}`], maxReconnectAttempts: -1 });
    await addIntegration(world, project, account);
  });
  afterAll(async () => {
    await world?.stop();
    await connection?.close();
    server?.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  async function listen(): Promise<ConsumerMessages> {
    const consumer = await jetstream(connection).consumers.get('MOBIUS_SOURCE_EVENTS');
    const messages = await consumer.consume();
    void (async () => {
      for await (const message of messages) {
        const { subject, headers } = message;
        received.push({ subject, id: headers?.get('Nats-Msg-Id') ?? '', body: message.json() });
      }
    })();
    return messages;
  }

  test('every source event is published, with its id as message id, in order', async () => {
    for (let n = 1; n <= 5; n++) await change(n);
    const acknowledged = async () => {
      const { rows } = await world.db.query(
        `select count(*)::int as n from handovers where consumer = 'nats-jetstream' and state = 'ACKNOWLEDGED'`,
      );
      return rows[0].n;
    };
    await expect.poll(acknowledged, { timeout: 10_000 }).toBe(5);
    const messages = await listen();
    await expect.poll(() => received.length).toBe(5);
    expect(received.map(r => r.body.event.data.n)).toEqual([1, 2, 3, 4, 5]);
    expect(received.map(r => r.id)).toEqual(received.map(r => r.body.meta.id));
    expect(new Set(received.map(r => r.subject))).toEqual(
      new Set([`mobius.source_events.${project}.linear.issue.created`]),
    );
    messages.stop();
  });

  test('what is published while the server is away comes when it is back, each once', { timeout: 40_000 }, async () => {
    server.kill('SIGKILL');
    await once(server, 'exit');
    for (let n = 6; n <= 10; n++) expect((await change(n)).status).toBe(200);
    await startServer();
    const acknowledged = async () => {
      const { rows } = await world.db.query(
        `select count(*)::int as n from handovers where consumer = 'nats-jetstream' and state = 'ACKNOWLEDGED'`,
      );
      return rows[0].n;
    };
    await expect.poll(acknowledged, { timeout: 30_000 }).toBe(10);
    received.length = 0;
    const messages = await listen();
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(10);
    expect(received.map(r => r.body.event.data.n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    messages.stop();
  });
});
