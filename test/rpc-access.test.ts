import { mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Access, createAccess } from '../src/rpc/access.ts';
import { AccessListInvalid, parseAccessList } from '../src/rpc/access_list.ts';
import type { Caller } from '../src/rpc/caller.ts';
import * as grants from '../src/rpc/grants.ts';

const permissions = new Set(['integrations.read', 'integrations.manage', 'credentials.resolve']);
const parse = (text: string) => parseAccessList(text, permissions);
const user = (identity: string, projects?: string[]): Caller => ({ identity, kind: 'token', claims: { projects } });
const workload = (identity: string): Caller => ({ identity, kind: 'certificate' });

function problemsOf(text: string): readonly string[] {
  try {
    parse(text);
  } catch (err) {
    if (err instanceof AccessListInvalid) return err.problems;
    throw err;
  }
  return [];
}

const sample = `
roles:
  manager: [integrations.read, integrations.manage]
callers:
  - identity: user:alice
    roles: [manager]
    projects: [demo]
  - identity: user:alice
    permissions: [integrations.read]
    projects: [other]
  - identity: user:*
    permissions: [integrations.read]
    projects: {claim: projects}
  - identity: spiffe://mobius/executor
    permissions: [credentials.resolve]
    projects: ['*']
    providers: [slack]
    resolve_budget: {per_minute: 600}
  - identity: spiffe://mobius/pool/*
    permissions: [credentials.resolve]
    projects: [demo]
`;

describe('the access list', () => {
  test('grants what its rules say, and rules of one caller add up', () => {
    const list = parse(sample);
    const alice = user('user:alice', ['claimed']);
    expect(grants.permits(list, alice, 'integrations.manage', 'demo')).toBe(true);
    expect(grants.permits(list, alice, 'integrations.manage', 'other')).toBe(false);
    expect(grants.permits(list, alice, 'integrations.read', 'other')).toBe(true);
    expect(grants.permits(list, alice, 'integrations.read', 'claimed')).toBe(true);
    expect(grants.permits(list, alice, 'credentials.resolve')).toBe(false);
    expect(grants.grantedProjects(list, alice, 'integrations.read')).toEqual(['demo', 'other', 'claimed']);
    expect(grants.grantedProjects(list, alice, 'integrations.manage')).toEqual(['demo']);
    const executor = workload('spiffe://mobius/executor');
    expect(grants.grantedProjects(list, executor, 'credentials.resolve')).toBe('*');
    expect(grants.permitsProvider(list, executor, 'slack')).toBe(true);
    expect(grants.permitsProvider(list, executor, 'github')).toBe(false);
    expect(grants.resolvesPerMinute(list, executor)).toBe(600);
    expect(grants.resolvesPerMinute(list, alice)).toBe(undefined);
  });

  test('a * matches longer names only, and at a boundary', () => {
    const list = parse(sample);
    const at = (identity: string) => grants.permits(list, workload(identity), 'credentials.resolve', 'demo');
    expect(at('spiffe://mobius/pool/a')).toBe(true);
    expect(at('spiffe://mobius/pool/')).toBe(false);
    expect(at('spiffe://mobius/pools/a')).toBe(false);
    expect(at('spiffe://mobius/executor2')).toBe(false);
  });

  test('a claim gives exactly the projects it lists: a * in it is no wildcard', () => {
    const list = parse(sample);
    expect(grants.permits(list, user('user:bob', ['*']), 'integrations.read', 'demo')).toBe(false);
    expect(grants.permits(list, user('user:bob'), 'integrations.read', 'demo')).toBe(false);
    expect(grants.permits(list, user('user:bob', ['demo']), 'integrations.read', 'demo')).toBe(true);
  });

  test('a token never gets the grants of a certificate, nor the reverse', () => {
    const list = parse(sample);
    expect(grants.permits(list, user('spiffe://mobius/executor'), 'credentials.resolve', 'demo')).toBe(false);
    expect(grants.permits(list, workload('user:alice'), 'integrations.read', 'demo')).toBe(false);
  });

  test('a provider limit of one rule is not widened by a rule that grants something else', () => {
    const list = parse(`
callers:
  - {identity: user:a, permissions: [credentials.resolve], projects: [demo], providers: [slack]}
  - {identity: user:a, permissions: [integrations.read], projects: [demo]}
`);
    expect(grants.permitsProvider(list, user('user:a'), 'github', 'credentials.resolve', 'demo')).toBe(false);
    expect(grants.permitsProvider(list, user('user:a'), 'github', 'integrations.read', 'demo')).toBe(true);
  });

  test('every mistake is named with its line, all at once', () => {
    const problems = problemsOf(`
roles:
  manager: [integrations.rule]
callers:
  - identity: 'spiffe://mobius*'
    permissions: [integrations.read, integrations.raed]
    roles: [boss]
    projects: {claim: projects}
  - identity: '*'
    projects: ['*', demo]
  - identity: 'user:a*b'
`);
    expect(problems).toEqual([
      'line 3: unknown permission "integrations.rule"',
      'line 5: a * must follow a / or : so that no half name matches',
      'line 6: unknown permission "integrations.raed"',
      'line 7: unknown role "boss"',
      'line 8: a certificate has no claims; list the projects',
      'line 9: a * must follow a / or : so that no half name matches',
      "line 10: '*' stands alone",
      'line 11: a * may stand only at the end of an identity',
    ]);
  });

  test('a wrong shape is named with its line', () => {
    expect(problemsOf('callers:\n  - identity: user:a\n    premissions: []\n  - permissions: []\n')).toEqual([
      'line 2: callers.0: unknown key "premissions"',
      "line 4: callers.1: must have required property 'identity'",
    ]);
    expect(problemsOf('callers: [\n')[0]).toMatch(/^line \d: /);
    expect(problemsOf('')).toHaveLength(1);
    expect(problemsOf('callers:\n  - identity: user:a\n    resolve_budget: {per_minute: -1}\n')[0]).toMatch(
      /^line 3: /,
    );
    expect(problemsOf('callers: []\ncallers: []\n')[0]).toMatch(/^line 2: /);
  });
});

describe('the access file', () => {
  let dir: string;
  let file: string;
  let access: Access | undefined;
  const log = { info: vi.fn(), error: vi.fn() };
  const rule = (project: string) =>
    `callers: [{identity: user:a, permissions: [integrations.read], projects: [${project}]}]\n`;
  const sees = (project: string) => access?.permits(user('user:a'), 'integrations.read', project);

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'access-'));
    file = join(dir, 'access.yaml');
    log.error.mockClear();
  });
  afterEach(async () => {
    access?.close();
    await rm(dir, { recursive: true });
  });

  test('an unreadable or invalid file stops the start with all its mistakes', async () => {
    await expect(createAccess(file, { log, permissions })).rejects.toThrow(/ENOENT/);
    await writeFile(file, 'callers: [{identity: "*"}, {identity: "a*b"}]');
    await expect(createAccess(file, { log, permissions })).rejects.toThrow(/line 1: .*\n.*line 1: /);
  });

  test('a change comes into force, by writing, by renaming over it and by swapping a symlink', async () => {
    await writeFile(file, rule('one'));
    access = await createAccess(file, { log, permissions });
    const onChange = vi.fn();
    const stop = access.onChange(onChange);
    expect(sees('one')).toBe(true);

    await writeFile(file, rule('two'));
    await vi.waitFor(() => expect(sees('two')).toBe(true), 5000);
    expect(sees('one')).toBe(false);

    await writeFile(join(dir, 'next'), rule('three'));
    await rename(join(dir, 'next'), file);
    await vi.waitFor(() => expect(sees('three')).toBe(true), 5000);

    await writeFile(join(dir, 'data'), rule('four'));
    await unlink(file);
    await symlink(join(dir, 'data'), file);
    await vi.waitFor(() => expect(sees('four')).toBe(true), 5000);
    expect(onChange).toHaveBeenCalledTimes(3);
    stop();
  });

  test('an invalid change is refused and logged, and the list before it stays in force until it is mended', async () => {
    await writeFile(file, rule('one'));
    access = await createAccess(file, { log, permissions });
    await writeFile(file, 'callers: [{identity: user:a, permissions: [nonsense]}]');
    await vi.waitFor(() => expect(log.error).toHaveBeenCalled(), 5000);
    expect(log.error.mock.calls[0]?.[0]).toEqual({ problems: ['line 1: unknown permission "nonsense"'] });
    expect(sees('one')).toBe(true);
    await writeFile(file, rule('two'));
    await vi.waitFor(() => expect(sees('two')).toBe(true), 5000);
  });
});
