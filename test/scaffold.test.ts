import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answersOf, completed } from '../src/scaffold/answers.ts';
import { type Checkout, findCheckout, toolPath } from '../src/scaffold/checkout.ts';
import { checkId } from '../src/scaffold/ids.ts';
import { interview } from '../src/scaffold/interview.ts';
import { withEntry } from '../src/scaffold/list.ts';
import type { Given } from '../src/scaffold/questions.ts';
import { obligationsOf, runSuite } from '../src/scaffold/suite.ts';
import { planProvider, writePlan } from '../src/scaffold/write.ts';
import { type Shape, shapes } from './scaffold_shapes.ts';

/** `mobius providers new` and `test`, in a copy of the repository. */

const here = resolve(import.meta.dirname, '..');
const program = join(here, 'bin/mobius');
const LONG = { timeout: 180_000 };
const [plain] = shapes as readonly [Shape, ...Shape[]];
/** What of it only the vendor's documentation can show. */
const unmet = [
  'deliveries',
  ...['identity', 'token', 'delivery', 'page', 'action'].map(kind => `as documented, ${kind}`),
];

let directory: string;
let checkout: Checkout;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mobius-scaffold-'));
  const isSource = (path: string): boolean => !/^(node_modules|conformance\/node_modules|console\/dist|\.)/.test(path);
  cpSync(here, directory, {
    recursive: true,
    filter: path => path === here || isSource(relative(here, path)),
  });
  symlinkSync(join(here, 'node_modules'), join(directory, 'node_modules'));
  checkout = findCheckout(join(directory, 'src/providers'));
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const flagsOf = (said: Given): string[] => Object.entries(said).flatMap(([flag, text]) => [`--${flag}`, text]);

type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/** The command in the copy, without a terminal. */
function mobius(args: readonly string[], cwd = directory): Promise<Ended> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ended.stderr += text;
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', status => done({ status, ...ended }));
  });
}

describe('a new provider', LONG, () => {
  test('is printed and not written in a dry run', async () => {
    const { status, stdout } = await mobius(['providers', 'new', plain.id, '--dry-run', ...flagsOf(plain.said)]);
    expect([status, existsSync(join(checkout.providers, plain.id))]).toEqual([0, false]);
    for (const file of ['index', 'auth', 'events', 'actions', 'references', 'emulator', 'fixtures/cases']) {
      expect(stdout).toContain(`// src/providers/${plain.id}/${file}.ts\n`);
    }
    expect(stdout).toContain('// src/providers/index.ts\n');
  });

  test('of every shape is written by flags, compiles, and is as lint and the house want it', async () => {
    const { status, stderr } = await mobius(['providers', 'new', plain.id, ...flagsOf(plain.said)]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const { id, said } of shapes.slice(1)) {
      writePlan(checkout, planProvider(checkout, answersOf(id, completed(said))));
    }
    const include = shapes.map(({ id }) => `src/providers/${id}`);
    const project = { extends: './tsconfig.json', include: [...include, 'src/providers/index.ts'] };
    writeFileSync(join(directory, 'tsconfig.new.json'), JSON.stringify(project));
    const tools = [
      [toolPath(checkout, 'typescript', 'bin/tsc'), '--noEmit', '--project', 'tsconfig.new.json'],
      [toolPath(checkout, '@biomejs/biome', 'bin/biome'), 'ci', '--colors=off', ...include, 'src/providers/index.ts'],
      [toolPath(checkout, 'vitest', 'vitest.mjs'), 'run', 'test/house.test.ts'],
    ] as const;
    for (const tool of tools) {
      const { status, stdout, stderr } = spawnSync(process.execPath, tool, { cwd: directory, encoding: 'utf8' });
      expect(status, stdout + stderr).toBe(0);
    }
  });

  test('fails the suite by what is to be filled in and by nothing else, each named', async () => {
    const { status, stdout, stderr } = await mobius(['providers', 'test', plain.id]);
    expect(status).toBe(70);
    expect(stderr).toMatch(/^mobius: sample: 7 of \d+ obligations are not met\n$/);
    const failed = [...stdout.matchAll(/^FAIL {2}(.*?)(?: \(\d+ of \d+\))?$/gm)].map(([, name]) => name);
    expect(failed).toEqual([...unmet, 'as documented, all of it']);
    expect(stdout).toContain(`src/providers/${plain.id}/fixtures/cases.ts is to be filled in:`);
    expect(stdout).toContain('account: the { id, label } of the account that the answer tells of');
    expect(stdout).toContain('ok    does through the service all that it promises');
  });

  test('passes once they are filled in with what the vendor shows', async () => {
    for (const { id, fills } of shapes) fill(id, fills);
    const obligations = await runSuite(
      checkout,
      shapes.map(({ id }) => id),
    );
    expect(obligations.filter(({ failures }) => failures.length > 0)).toEqual([]);
    for (const { id } of shapes) {
      const names = obligations.filter(({ provider }) => provider === id).map(({ name }) => name);
      expect(names).toContain('does through the service all that it promises');
      expect(names).toContain('as documented, identity');
    }
  });

  test('fails by each thing that is not as the vendor shows it', async () => {
    const file = join(checkout.providers, plain.id, 'fixtures/cases.ts');
    const right = readFileSync(file, 'utf8');
    const wrong = right
      .replace("label: 'Ada'", "label: 'Grace'")
      .replace('expires_in: 3600', 'expires_in: 60')
      .replace("answer: { submitted_at: '2026-05-04T03:02:01Z' }", 'answer: {}')
      .replace("label: 'One'", "label: 'Two'")
      .replace("answer: { id: 'f2' }", 'answer: {}')
      .replace("'sample secret'", "'another secret'");
    writeFileSync(file, wrong);
    const obligations = await runSuite(checkout, [plain.id], ['test/providers.test.ts']);
    writeFileSync(file, right);
    const failed = obligations.filter(({ failures }) => failures.length > 0).map(({ name }) => name);
    expect(failed).toEqual(unmet);
    expect(new Set(obligations.map(({ provider }) => provider))).toEqual(new Set([plain.id]));
  });

  test('fails where a kind is not shown, a signature is left out without a reason, or a source is no address', async () => {
    const file = join(checkout.providers, plain.id, 'fixtures/cases.ts');
    const right = readFileSync(file, 'utf8');
    const [, first = ''] = /documented: \[\s*(\{.*?\}),\s*\{\s*of: 'token'/s.exec(right) ?? [];
    const bare = first.replace(/source: '.*?'/, "source: 'the documentation'");
    writeFileSync(
      file,
      right
        .replace(/documented: \[.*?\n {2}\],/s, () => `documented: [${bare}],`)
        .replace(/published: \[.*?\n {2}\],/s, ''),
    );
    const obligations = await runSuite(checkout, [plain.id], ['test/providers.test.ts']);
    writeFileSync(file, right);
    const failed = obligations.filter(({ failures }) => failures.length > 0);
    expect(failed.map(({ name, failures }) => [name, failures.length])).toEqual([
      ['as documented, identity', 1],
      ['as documented, all of it', 2],
    ]);
    const [kinds, signature] = failed[1]?.failures ?? [];
    const cases = `src/providers/${plain.id}/fixtures/cases.ts`;
    expect(kinds).toContain(`${cases}: \`documented\` lacks token, delivery, action, ${plain.id}.form`);
    expect(signature).toContain(`${cases}: neither \`published\` nor \`exceptions.published\``);
  });

  test('is not written over one that is there', async () => {
    const before = readdirSync(join(checkout.providers, plain.id));
    const { status, stderr } = await mobius(['providers', 'new', plain.id, ...flagsOf(plain.said)]);
    expect({ status, stderr }).toEqual({
      status: 64,
      stderr: `mobius: ${plain.id}: taken: src/providers/${plain.id} is there, and nothing is overwritten\n`,
    });
    mkdirSync(join(checkout.providers, 'half_made'));
    const plan = planProvider(checkout, answersOf('half_made', completed(plain.said)));
    expect(() => writePlan(checkout, plan)).toThrow('src/providers/half_made is there, and nothing is overwritten');
    expect(readdirSync(join(checkout.providers, 'half_made'))).toEqual([]);
    rmSync(join(checkout.providers, 'half_made'), { recursive: true });
    expect(readdirSync(join(checkout.providers, plain.id))).toEqual(before);
  });

  test('leaves nothing behind where writing fails half way', () => {
    const before = [readdirSync(checkout.providers), readFileSync(join(checkout.providers, 'index.ts'), 'utf8')];
    const plan = planProvider(checkout, answersOf('never_there', completed(plain.said)));
    const nowhere = { ...plan.list, name: 'src/no_such_folder/index.ts' };
    expect(() => writePlan(checkout, { ...plan, list: nowhere })).toThrow('ENOENT');
    const broken = [
      { name: 'index.ts', text: '' },
      { name: 'index.ts/below.ts', text: '' },
    ];
    expect(() => writePlan(checkout, { ...plan, files: broken })).toThrow();
    expect([readdirSync(checkout.providers), readFileSync(join(checkout.providers, 'index.ts'), 'utf8')]).toEqual(
      before,
    );
  });
});

describe('what is said wrongly is named', () => {
  const without = (said: Given, ...flags: readonly string[]): Given =>
    Object.fromEntries(Object.entries(said).filter(([flag]) => !flags.includes(flag)));
  const { said } = plain;

  test.each([
    [without(said, 'api', 'pkce', 'page-most'), 'missing: --api, --pkce, --page-most'],
    [without(said, 'refresh'), 'missing: --refresh; --token-life: only with --refresh rotating or reusable'],
    [{ ...said, api: 'http://api.sample.example' }, '--api: expected an https address without query'],
    [{ ...said, api: 'https://api.sample.example/' }, '--api: expected an https address without query'],
    [{ ...said, category: 'Forms' }, '--category: expected one of Code and DevOps, Sales & CRM'],
    [{ ...said, description: 'Forms' }, '--description: expected a sentence'],
    [{ ...said, logo: 'Sample!' }, '--logo: expected lower case letters and digits'],
    [{ ...said, identity: 'me' }, '--identity: expected a path below the API base URL'],
    [{ ...said, 'identity-id': 'data..id' }, '--identity-id: expected names with dots between them'],
    [{ ...said, connect: 'oauth,magic' }, '--connect: expected some of oauth, key, basic'],
    [{ ...said, connect: 'key,key' }, '--connect: expected some of oauth, key, basic'],
    [{ ...said, scopes: 'two words' }, '--scopes: expected scopes separated by commas'],
    [{ ...said, 'action-scope': 'forms:burn' }, '--action-scope: forms:burn is not among --scopes'],
    [{ ...said, 'basic-user': 'User' }, '--basic-user: only with --connect basic'],
    [{ ...said, 'page-next': 'next' }, '--page-next: only with --paging cursor'],
    [{ ...said, 'event-account-at': 'a' }, '--event-account-at: only with --webhook-secret app'],
    [{ ...said, 'webhook-signed': '{body}' }, '--webhook-signed: only with --webhook-timestamp'],
    [{ ...said, 'webhook-timestamp': 'T', 'webhook-signed': '{body}' }, '--webhook-signed: expected both'],
    [
      { ...without(said, 'webhook-prefix'), 'webhook-timestamp': 't=' },
      '--webhook-timestamp: a part of the signature’s',
    ],
    [{ ...said, event: 'Form.Answered' }, '--event: expected resource.verb in lower case'],
    [{ ...said, 'action-input': 'Title' }, '--action-input: expected names in lower case'],
    [{ ...said, 'reference-one': '/forms' }, '--reference-one: expected a path with {id}'],
    [{ ...said, 'page-most': '0' }, '--page-most: expected a number from 1 to 9999'],
  ] as const)('flags %#', (given, message) => {
    expect(() => completed(given)).toThrow(message);
  });

  test('a secret of each integration where nobody can enter one', () => {
    const alone = without(said, 'key-hint');
    expect(() => completed({ ...alone, connect: 'oauth' })).toThrow(
      '--webhook-secret: a secret of each integration is entered',
    );
  });

  test.each([
    ['Figma', 'an id is 2 to 31 lower case letters'],
    ['a', 'an id is 2 to 31 lower case letters'],
    ['two__words', 'an underscore stands between two words'],
    ['github', 'taken: src/providers/github is there'],
    ['kit', 'src/providers/kit is what providers share'],
    ['integration', 'names that begin so belong to another part of the product'],
  ])('id %s', (id, message) => {
    expect(() => checkId(id, checkout, ['integration'])).toThrow(message);
  });

  test('all at once on the command line, with the status of a wrong one', async () => {
    const { status, stderr } = await mobius(['providers', 'new', 'figma', '--api', 'figma.com', '--pkce', 'yes']);
    expect(status).toBe(64);
    expect(stderr).toMatch(/^mobius: missing: --name, --description, .*; --api: expected an https address/);
    expect((await mobius(['providers', 'new', 'run', ...flagsOf(said)])).stderr).toContain('run: names that begin so');
    expect((await mobius(['providers', 'test', 'figma'])).stderr).toContain('figma: src/providers has no such folder');
  });

  test('where it is no checkout, or one without the packages for development', async () => {
    const { status, stderr } = await mobius(['providers', 'test', 'github'], tmpdir());
    expect(status).toBe(64);
    expect(stderr).toContain('this directory is in no checkout of the integrations repository');
    const bare = { root: tmpdir(), providers: join(tmpdir(), 'src/providers') };
    await expect(runSuite(bare, ['github'])).rejects.toThrow('vitest is not installed, a package for development: run');
  });

  test('a list of providers that has another form', () => {
    expect(() => withEntry('export const others = [\n];', 'figma')).toThrow('src/providers/index.ts: expected imports');
  });
});

test('at a terminal what no flag says is asked, in order, again where the answer is wrong', async () => {
  const { api: _, 'page-most': __, ...said } = plain.said as Record<string, string>;
  const [input, output] = [new PassThrough(), new PassThrough()];
  const given = interview(said, input, output);
  // Logo, address, its two places, and what else has something to fall back on: an empty line takes it.
  input.end(['', 'http://plain', 'https://api.sample.example/v1', ...Array(12).fill(''), '0', '200'].join('\n'));
  expect(completed(await given)).toEqual(completed(plain.said));
  const asked = String(output.read());
  expect(asked).toContain('Slug of its mark in simple-icons, or monogram [monogram]: ');
  expect(asked).toContain('  expected an https address without query and without a slash at its end\n');
  expect(asked).toContain('  expected a number from 1 to 9999\n');
  const cut = new PassThrough();
  cut.end('\n');
  await expect(interview(said, cut, new PassThrough())).rejects.toThrow('the answers ended before the questions');
});

test('a file of the suite that does not load is an obligation that is not met', () => {
  const name = '/somewhere/test/providers.test.ts';
  const report = { testResults: [{ name, message: 'broken\n    at x', status: 'failed', assertionResults: [] }] };
  const [first] = obligationsOf(report);
  expect(first).toMatchObject({ name: 'test/providers.test.ts is loaded', failures: ['broken'] });
});

/** Puts the texts in the places that are to be filled in, in order. */
function fill(id: string, texts: readonly string[]): void {
  const file = join(checkout.providers, id, 'fixtures/cases.ts');
  const places = /unfilled\(\s*'(?:[^'\\]|\\.)*',?\s*\)/g;
  const rest = [...texts];
  const filled = readFileSync(file, 'utf8').replaceAll(places, () => rest.shift() ?? 'missing');
  expect([rest, filled.includes('unfilled(')], id).toEqual([[], false]);
  writeFileSync(file, filled.replace(/^import \{ unfilled \}.*\n/m, ''));
}
