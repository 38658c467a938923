import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Manifests, openManifests } from '../src/manifests/open.ts';
import { providers } from '../src/providers/index.ts';
import type { Provider } from '../src/providers/provider.ts';

/** A directory of manifests while it changes. */

const fernhill = readFileSync(new URL('../examples/providers/fernhill.yaml', import.meta.url), 'utf8');
const named = (id: string): string => fernhill.replaceAll('fernhill', id);
const broken = fernhill.replace('client: basic', 'client: magic');

let directory: string;
let logged: { level: string; file?: string; problems?: readonly string[]; text: string }[];
let stops: (() => void)[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mobius-manifests-'));
  logged = [];
  stops = [() => rmSync(directory, { recursive: true, force: true })];
});
afterEach(() => {
  for (const stop of stops) stop();
});

const lineOf = (part: string): number => broken.slice(0, broken.indexOf(part)).split('\n').length;
const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
const idsOf = (all: readonly Provider[]): string[] => all.map(({ id }) => id).toSorted();

const log = Object.fromEntries(
  ['info', 'error'].map(level => [
    level,
    (told: object, text: string) => void logged.push({ level, ...told, text } as (typeof logged)[number]),
  ]),
) as unknown as Parameters<typeof openManifests>[1]['log'];

async function open(settingsProblems: (provider: Provider) => readonly string[] = () => []): Promise<Manifests> {
  return await openManifests(directory, { present: providers, settingsProblems, log });
}

/** Follows the directory; `next` is what is in force after the next change. */
function follow(manifests: Manifests): { next: () => Promise<readonly Provider[]>; changes: () => number } {
  const waiting: ((all: readonly Provider[]) => void)[] = [];
  const early: (readonly Provider[])[] = [];
  let count = 0;
  stops.push(
    manifests.follow(all => {
      count++;
      const resolve = waiting.shift();
      if (resolve === undefined) early.push(all);
      else resolve(all);
    }),
  );
  const next = async () => early.shift() ?? (await new Promise<readonly Provider[]>(resolve => waiting.push(resolve)));
  return { next, changes: () => count };
}

async function told(text: string, file: string): Promise<(typeof logged)[number]> {
  for (;;) {
    const found = logged.find(each => each.text === text && each.file === file);
    if (found !== undefined) return found;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

describe('at the start', () => {
  test('a bad manifest is left out and told, and the others load', async () => {
    write('fernhill.yaml', fernhill);
    write('oakhill.yaml', named('oakhill').replace('pkce: true', 'pkce: maybe'));
    write('elmhill.yml', named('elmhill'));
    write('notes.txt', 'no manifest');
    const manifests = await open();
    expect(idsOf(manifests.providers())).toEqual(['fernhill']);
    expect(manifests.count()).toEqual({ loaded: 1, refused: 2 });
    expect(logged.filter(({ level }) => level === 'error')).toMatchObject([
      { file: 'elmhill.yml', problems: ['elmhill.yml:1: /: must be called <id>.yaml'] },
      {
        file: 'oakhill.yaml',
        problems: [expect.stringMatching(/^oakhill\.yaml:\d+: \/connect\/0\/pkce: must be true or false/)],
      },
    ]);
  });

  test('what cannot be read is told, and nothing else is kept from loading', async () => {
    write('fernhill.yaml', fernhill);
    write('huge.yaml', `# ${'x'.repeat(512 * 1024)}`);
    writeFileSync(join(directory, 'latin.yaml'), Buffer.from([0x69, 0x64, 0x3a, 0xff]));
    mkdirSync(join(directory, 'folder.yaml'));
    symlinkSync(join(directory, 'nowhere'), join(directory, 'dangling.yaml'));
    const manifests = await open();
    expect(idsOf(manifests.providers())).toEqual(['fernhill']);
    const problems = logged.flatMap(({ problems: all = [] }) => all);
    expect(problems).toEqual([
      'folder.yaml:1: /: is not a file',
      'huge.yaml:1: /: is larger than 512 KiB',
      'latin.yaml:1: /: is not UTF-8',
    ]);
  });

  test('of more files than there is room for the last are left out', async () => {
    for (let index = 0; index < 201; index++) write(`a${String(index).padStart(3, '0')}.yaml`, 'id: 1');
    const manifests = await open();
    expect(manifests.count()).toEqual({ loaded: 0, refused: 201 });
    expect(logged.at(-1)?.problems).toEqual(['a200.yaml:1: /: is one of 201 files; 200 are the most']);
  });

  test('settings of the platform file that do not fit are told with the manifest', async () => {
    write('fernhill.yaml', fernhill);
    const manifests = await open(({ id }) => [`the platform file: /providers/${id}/app must have client_id`]);
    expect(manifests.providers()).toEqual([]);
    expect(logged[0]?.problems).toEqual([
      'fernhill.yaml:6: /: the platform file: /providers/fernhill/app must have client_id',
    ]);
  });
});

describe('while the service runs', () => {
  test('manifests come, change and go', async () => {
    write('fernhill.yaml', fernhill);
    const manifests = await open();
    const { next } = follow(manifests);
    const [before] = manifests.providers();

    write('oakhill.yaml', named('oakhill'));
    const added = await next();
    expect(idsOf(added)).toEqual(['fernhill', 'oakhill']);
    // The same value: whatever is kept for it stays.
    expect(added.find(({ id }) => id === 'fernhill')).toBe(before);

    write('oakhill.yaml', named('oakhill').replace('display_name: oakhill', 'display_name: Oak'));
    write('oakhill.yaml', named('oakhill').replace('display_name: Fernhill', 'display_name: Oak Hill'));
    expect((await next()).find(({ id }) => id === 'oakhill')?.displayName).toBe('Oak Hill');

    unlinkSync(join(directory, 'fernhill.yaml'));
    expect(idsOf(await next())).toEqual(['oakhill']);
  });

  test('what is bad now keeps what was good before, until it is good again', async () => {
    write('fernhill.yaml', fernhill);
    const manifests = await open();
    const { next, changes } = follow(manifests);
    const [before] = manifests.providers();
    write('fernhill.yaml', broken);
    const { problems } = await told('provider manifest refused, the one before stays in force', 'fernhill.yaml');
    expect(problems).toEqual([
      `fernhill.yaml:${lineOf('client: magic')}: /connect/0/client: must be one of basic, body`,
    ]);
    expect(manifests.providers()).toEqual([before]);
    expect(manifests.providers()[0]).toBe(before);
    expect(manifests.count()).toEqual({ loaded: 1, refused: 1 });
    expect(changes()).toBe(0);
    write('fernhill.yaml', fernhill.replace('display_name: Fernhill', 'display_name: Fern'));
    expect((await next())[0]?.displayName).toBe('Fern');
    expect(manifests.count()).toEqual({ loaded: 1, refused: 0 });
  });

  test('what an editor writes beside and renames over it is seen', async () => {
    write('fernhill.yaml', fernhill);
    const { next } = follow(await open());
    for (const name of ['One', 'Two', 'Three']) {
      write('.fernhill.yaml.swp', fernhill.replace('display_name: Fernhill', `display_name: ${name}`));
      renameSync(join(directory, '.fernhill.yaml.swp'), join(directory, 'fernhill.yaml'));
      expect((await next())[0]?.displayName).toBe(name);
    }
  });

  test('a ConfigMap whose directory is swapped is seen, all of it at once', async () => {
    const version = (name: string, ids: readonly string[]): void => {
      mkdirSync(join(directory, name));
      for (const id of ids) writeFileSync(join(directory, name, `${id}.yaml`), named(id));
    };
    const point = (name: string): void => {
      symlinkSync(name, join(directory, '..data_tmp'));
      renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
    };
    version('..1', ['fernhill', 'oakhill']);
    point('..1');
    for (const id of ['fernhill', 'oakhill']) symlinkSync(`..data/${id}.yaml`, join(directory, `${id}.yaml`));
    const manifests = await open();
    expect(idsOf(manifests.providers())).toEqual(['fernhill', 'oakhill']);
    const { next } = follow(manifests);
    version('..2', ['fernhill', 'elmhill']);
    symlinkSync('..data/elmhill.yaml', join(directory, 'elmhill.yaml'));
    point('..2');
    let now = idsOf(await next());
    while (now.includes('oakhill')) now = idsOf(await next());
    expect(now).toEqual(['elmhill', 'fernhill']);
  });

  test('a directory that cannot be listed for a while keeps what was in force', async () => {
    write('fernhill.yaml', fernhill);
    const manifests = await open();
    const [before] = manifests.providers();
    const { changes } = follow(manifests);
    const aside = `${directory}.aside`;
    renameSync(directory, aside);
    stops.push(() => rmSync(aside, { recursive: true, force: true }));
    for (;;) {
      if (logged.some(({ text }) => text === 'the manifests cannot be listed, those before stay in force')) break;
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    expect(manifests.providers()).toEqual([before]);
    expect(changes()).toBe(0);
  });
});
