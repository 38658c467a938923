import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { toJson } from '@bufbuild/protobuf';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  CatalogService,
  ListActionsResponseSchema,
  ListProvidersResponseSchema,
} from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { formatTable } from '../src/cli/table.ts';
import { openBrowser } from './browser.ts';
import { startWorld, type World } from './world.ts';

const program = resolve(import.meta.dirname, '../bin/mobius');
const absent = 'intg_01h455vb4pex5vsknk084sn02q';
const wrongKey = 'lin_api_0123456789012345678901234567890123456789';

let world: World;
let project: string;
let token: string;

beforeAll(async () => {
  world = await startWorld();
  token = await world.token();
});
afterAll(() => world.stop());

let count = 0;
beforeEach(() => {
  project = `c${++count}`;
});

type Ended = { status: number; stdout: string; stderr: string };
type Given = { env?: Record<string, string>; input?: string; onStderr?: (text: string) => void };

/** The command as a shell starts it, with the settings of this test and no other. */
function mobius(args: string[], given: Given = {}): Promise<Ended> {
  const settings = { MOBIUS_PROJECT: project, MOBIUS_RPC_ADDR: world.service.addresses.rpc, MOBIUS_TOKEN: token };
  const child = spawn(program, args, {
    cwd: world.dir,
    env: {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      // It is started 50 times: compiled once it starts in half the time.
      NODE_COMPILE_CACHE: join(world.dir, 'compiled'),
      ...(given.env ?? settings),
    },
  });
  const ended: Ended = { status: -1, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ended.stderr += text;
    given.onStderr?.(ended.stderr);
  });
  child.stdin.on('error', () => undefined).end(given.input ?? '');
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', status => done({ ...ended, status: status ?? -1 }));
  });
}

describe('what it prints', () => {
  test('is a table for people: a heading, and one line a provider', async () => {
    const { status, stdout, stderr } = await mobius(['catalog', 'list-providers']);
    const [heading, ...lines] = stdout.trimEnd().split('\n');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(heading).toMatch(/^PROVIDER +NAME +STATE +READINESS/);
    expect(lines.find(line => line.startsWith('linear '))).toMatch(/Linear +NEEDS_SETUP .*NOT_CONFIGURED/);
    expect(lines).toHaveLength((await world.rpc(CatalogService).listProviders({ project })).providers.length);
  });

  test('is the message of the server with --json, by the names of the contract', async () => {
    const { status, stdout } = await mobius(['catalog', 'list-providers', '--json']);
    const answered = await world.rpc(CatalogService).listProviders({ project, view: 1 });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(toJson(ListProvidersResponseSchema, answered, { useProtoFieldName: true }));
    expect(stdout).toContain('"connection_state"');
  });

  test('is one page, with the token of the next, or with --all every page in one message', async () => {
    const list = ['catalog', 'list-actions', '--json'];
    const first = JSON.parse((await mobius([...list, '--page-size', '3'])).stdout);
    expect(first.actions).toHaveLength(3);
    const second = await mobius([...list, '--page-size', '3', '--page-token', first.next_page_token]);
    expect(JSON.parse(second.stdout).actions[0].name).not.toBe(first.actions[0].name);
    const ofOne = [...list, '--provider', 'slack'];
    const all = JSON.parse((await mobius([...ofOne, '--page-size', '7', '--all'])).stdout);
    const answered = await world
      .rpc(CatalogService)
      .listActions({ project, provider: 'slack', view: 1, pageSize: 200 });
    expect(answered.actions.length).toBeGreaterThan(7);
    expect(all).toEqual(toJson(ListActionsResponseSchema, answered, { useProtoFieldName: true }));
    const people = await mobius(['catalog', 'list-actions', '--page-size', '3']);
    expect(people.stdout).toContain(`more: --page-token ${first.next_page_token}`);
  });

  test('keeps within the terminal and lets no control character through', () => {
    const rows = [{ name: 'a\u001b[2Jb\r\nc\u202e', text: 'x'.repeat(100) }];
    const columns = [
      ['NAME', (row: { name: string }) => row.name],
      ['TEXT', (row: { text: string }) => row.text],
    ] as const;
    const lines = formatTable(rows, columns, 40).trimEnd().split('\n');
    expect(lines.map(line => line.length <= 40)).toEqual([true, true]);
    expect(lines[1]).toMatch(/^ab c +x+…$/);
  });

  test('an action with its schema, and who mends what is missing', async () => {
    const { status, stdout } = await mobius(['catalog', 'get-action', 'linear.issue.create']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/cause +NOT_CONFIGURED.*Fix \(project\): IntegrationService\/ConnectProvider/);
    expect(stdout).toContain('input_schema {');
  });
});

describe('its exit status', () => {
  test.each([
    ['NOT_FOUND INTEGRATION_NOT_FOUND', 5, ['integrations', 'get', absent]],
    ['NOT_FOUND PROVIDER_NOT_FOUND', 5, ['integrations', 'connect', 'slak']],
    ['INVALID_ARGUMENT FIELD_INVALID: page_size', 3, ['integrations', 'list', '--page-size', '-1']],
    ['FAILED_PRECONDITION NOT_CONFIGURED', 9, ['references', 'lookup', 'slack.channel']],
    ['NOT_FOUND INTEGRATION_NOT_FOUND', 5, ['integrations', 'rotate', absent, '--credential', 'api_key=-']],
    ['INVALID_ARGUMENT FIELD_INVALID', 3, ['events', 'replay', '--dry-run']],
  ])("is the code of the server's answer: %s", async (told, code, args) => {
    const { status, stdout, stderr } = await mobius(args, { input: 'a-new-key' });
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toMatch(/^mobius: .+\n$/);
    expect(stderr).toContain(told);
    expect(stderr).not.toContain('a-new-key');
  });

  test('is 16 for a token that is not valid, and the token is not printed', async () => {
    const env = {
      MOBIUS_PROJECT: project,
      MOBIUS_RPC_ADDR: world.service.addresses.rpc,
      MOBIUS_TOKEN: 'no.good.token',
    };
    const { status, stderr } = await mobius(['audit', 'list'], { env });
    expect(status).toBe(16);
    expect(stderr).toContain('UNAUTHENTICATED CALLER_UNKNOWN');
    expect(stderr).not.toContain('no.good.token');
  });

  test('is 14 where nobody listens', async () => {
    const { status, stderr } = await mobius(['audit', 'list', '--addr', '127.0.0.1:1']);
    expect(status).toBe(14);
    expect(stderr).toMatch(/^mobius: UNAVAILABLE.*\n$/);
  });

  test.each([
    [['nonsense']],
    [['integrations', 'get']],
    [['integrations', 'list', '--status', 'asleep']],
    [['audit', 'list', '--since', 'yesterday']],
    [['integrations', 'list', '--token', 'tok-on-the-line']],
    [['integrations', 'connect', 'linear', '--credentials-file', '/nowhere/at-all']],
    [['integrations', 'connect', 'linear', '--credential', 'tok-on-the-line']],
    [['integrations', 'connect', 'linear', '--set', 'tok-on-the-line']],
  ])('is 64 for a wrong command line, in one line that repeats no secret: %j', async args => {
    const { status, stdout, stderr } = await mobius(args);
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
    expect(stderr).toMatch(/^mobius: .+\n$/);
    expect(stderr).not.toContain('tok-on-the-line');
  });
});

describe('its settings', () => {
  test('come from dev.env where they are not set', async () => {
    const dataDir = join(world.dir, 'data');
    mkdirSync(dataDir);
    const lines = [
      `MOBIUS_PROJECT=${project}`,
      `MOBIUS_RPC_ADDR=${world.service.addresses.rpc}`,
      `MOBIUS_TOKEN='${token}'`,
    ];
    writeFileSync(join(dataDir, 'dev.env'), lines.join('\n'));
    const { status, stdout } = await mobius(['integrations', 'list'], { env: { MOBIUS_DATA_DIR: dataDir } });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'none\n' });
  });

  test('that are nowhere are named, with the ways to set them', async () => {
    const { status, stderr } = await mobius(['integrations', 'list'], { env: {} });
    expect(status).toBe(64);
    expect(stderr).toMatch(/MOBIUS_PROJECT is not set.*--project/);
  });

  test('give way to flags; a token comes from a file', async () => {
    const path = join(world.dir, 'token');
    writeFileSync(path, `${token}\n`);
    const flags = ['--project', project, '--addr', world.service.addresses.rpc, '--token-file', path];
    const env = { MOBIUS_PROJECT: 'other', MOBIUS_RPC_ADDR: '127.0.0.1:1', MOBIUS_TOKEN: 'x' };
    expect((await mobius(['integrations', 'list', ...flags], { env })).status).toBe(0);
  });
});

describe('connecting', () => {
  const inline = (): [string, string[], string][] => {
    const { apiKey } = world.seeds.linear;
    const file = join(world.dir, 'credentials.json');
    const keyFile = join(world.dir, 'key');
    writeFileSync(file, JSON.stringify({ api_key: apiKey }));
    writeFileSync(keyFile, `${apiKey}\n`);
    return [
      ['a file', ['--credentials-file', file], ''],
      ['stdin as JSON', ['--credentials-file', '-'], JSON.stringify({ api_key: apiKey })],
      ['stdin', ['--credential', 'api_key=-'], `${apiKey}\n`],
      ['a file of one secret', ['--credential', `api_key=@${keyFile}`], ''],
      ["the provider's form", ['--set', 'api_key=-'], apiKey],
    ];
  };

  test('takes secrets from files and stdin, and prints none', async () => {
    for (const [way, args, input] of inline()) {
      const ended = await mobius(['integrations', 'connect', 'linear', ...args], { input });
      expect(ended.status, `${way}: ${ended.stderr}`).toBe(0);
      expect(ended.stdout, way).toMatch(/^status +ACTIVE$/m);
      expect(ended.stdout + ended.stderr, way).not.toContain(world.seeds.linear.apiKey);
    }
    const { integrations } = await world.rpc(IntegrationService).listIntegrations({ project });
    expect(integrations).toHaveLength(1);
    expect(integrations[0]?.credential?.version).toBe(5);
  });

  test('tells a refused key by code and reason, without the key', async () => {
    const args = ['integrations', 'connect', 'linear', '--credential', 'api_key=-'];
    const { status, stdout, stderr } = await mobius(args, { input: wrongKey });
    expect({ status, stdout }).toEqual({ status: 9, stdout: '' });
    expect(stderr).toContain('FAILED_PRECONDITION CREDENTIAL_REFUSED');
    expect(stderr).not.toContain(wrongKey);
  });

  test('names the fields that the form does not take, and not their values', async () => {
    const args = ['integrations', 'connect', 'linear', '--credential', 'api_kee=-'];
    const { status, stderr } = await mobius(args, { input: wrongKey });
    expect(status).toBe(3);
    expect(stderr).toContain('credentials.api_key: is required');
    expect(stderr).not.toContain(wrongKey);
  });

  test('prints where the browser goes', async () => {
    const { status, stdout } = await mobius(['integrations', 'connect', 'slack', '--scope', 'chat:write']);
    expect(status).toBe(0);
    expect(stdout).toContain(`${world.edgeUrl}/v1/provider/slack/connect/`);
    expect(stdout).toMatch(/connect session csns_\w+/);
  });

  const following = (onUrl: (url: string) => void): Given => {
    let seen = false;
    return {
      onStderr(text) {
        const [url] = /^https?:\S+(?=\n)/m.exec(text) ?? [];
        if (url === undefined || seen) return;
        seen = true;
        onUrl(url);
      },
    };
  };

  test('waits for the person with --wait and says who it is', async () => {
    const given = following(url => void openBrowser().open(url));
    const { status, stdout } = await mobius(['integrations', 'connect', 'slack', '--wait'], given);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^account +Acme/m);
  });

  test('ends with the code of the reason when the person refuses', async () => {
    world.sandbox.approve({ provider: 'slack', deny: true });
    const given = following(url => void openBrowser().open(url));
    const { status, stdout, stderr } = await mobius(['integrations', 'connect', 'slack', '--wait'], given);
    expect({ status, stdout }).toEqual({ status: 9, stdout: '' });
    expect(stderr).toContain('FAILED_PRECONDITION CONSENT_DENIED');
  });
});

test('an integration is changed, tried and deleted', async () => {
  const { integration } = await world
    .rpc(IntegrationService)
    .connectProvider({ project, provider: 'linear', credentials: { api_key: world.seeds.linear.apiKey } });
  const id = integration?.id ?? '';
  const changed = await mobius(['integrations', 'update', id, '--name', 'Planning', '--tag', 'team=core', '--json']);
  expect(JSON.parse(changed.stdout).integration).toMatchObject({ name: 'Planning', tags: { team: 'core' } });
  expect((await mobius(['integrations', 'test', id])).stdout).toMatch(/^accepted by the provider\n/);
  expect((await mobius(['integrations', 'list', '--status', 'active'])).stdout).toMatch(/linear +Planning \*/);
  const deleted = await mobius(['integrations', 'delete', id]);
  expect(deleted).toMatchObject({ status: 0, stderr: '' });
  expect(deleted.stdout).toContain(`deleted ${id}`);
  expect((await mobius(['integrations', 'get', id])).status).toBe(5);
});
