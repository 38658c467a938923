import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { examplesDir } from './cased-providers.ts';

/** `mobius providers check` and `schema`, as a shell starts them. */

const program = resolve(import.meta.dirname, '../bin/mobius');
const fernhill = readFileSync(join(examplesDir, 'fernhill.yaml'), 'utf8');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mobius-check-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function mobius(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
  const { status, stdout, stderr } = spawnSync(program, ['providers', ...args], { env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('mobius providers', { timeout: 60_000 }, () => {
  test('check says what good manifests bring, and what is wrong with others, with a status for scripts', () => {
    writeFileSync(join(directory, 'fernhill.yaml'), fernhill);
    expect(mobius('check', directory)).toEqual({
      status: 0,
      stdout: 'fernhill.yaml: ok: OAUTH2, API_KEY; 2 event types, 2 actions, 4 reference types\n',
      stderr: '',
    });
    writeFileSync(join(directory, 'oakhill.yaml'), fernhill.replace('refresh: rotating', 'refresh: never'));
    const platformFile = join(directory, 'platform');
    writeFileSync(platformFile, 'providers: { fernhill: { app: { client_id: fern } } }\n');
    const { status, stdout, stderr } = mobius('check', directory, '--platform-file', platformFile);
    expect(status).toBe(70);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^fernhill\.yaml:6: \/: the platform file: \/providers\/fernhill\/app must have required/),
      expect.stringMatching(/^oakhill\.yaml:42: \/connect\/0\/refresh: must be one of rotating, reusable, none$/),
      '',
    ]);
    expect(stderr).toBe('mobius: 2 of 2 manifests would be left out\n');
  });

  test('check of nothing is a mistake of the command line', () => {
    expect(mobius('check', directory)).toMatchObject({ status: 64 });
    expect(mobius('check', join(directory, 'absent'))).toMatchObject({
      status: 64,
      stderr: `mobius: ${directory}/absent: cannot be listed (ENOENT)\n`,
    });
  });

  test('schema prints what editors read', () => {
    const published = readFileSync(resolve(import.meta.dirname, '../docs/provider-manifest.schema.json'), 'utf8');
    expect(mobius('schema')).toEqual({ status: 0, stdout: published, stderr: '' });
  });
});
