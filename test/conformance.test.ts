import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exceptions } from '../proof/conformance/exceptions.ts';
import { emulatedFacts, type Facts, factsOf } from '../proof/conformance/facts.ts';
import { walkProvider } from '../proof/conformance/walk.ts';
import { providers } from '../src/providers/index.ts';
import { loadBrought } from '../src/sandbox/emulated/load.ts';
import { examplesDir } from './cased-providers.ts';
import { startWorld, type World } from './world.ts';

/**
 * Every provider, the example of a manifest among them, through the real service and the vendor that the sandbox plays: one
 * world, a project for each way to connect.
 */

const brought = await loadBrought(examplesDir);

let world: World;
let facts: readonly Facts[];
const excepted = new Set<string>();

beforeAll(async () => {
  world = await startWorld({ environment: { MOBIUS_SUBSCRIPTIONS: 'on' }, providersDir: examplesDir });
  facts = [...(await factsOf(world.sandbox)), ...brought.map(each => emulatedFacts(each, world.sandbox))];
});
afterAll(() => world.stop());

describe('each provider', () => {
  test.concurrent.each([...providers, ...brought.map(({ provider }) => provider)].map(({ id }) => id))(
    '%s does through the service all that it promises',
    { timeout: 60_000 },
    async id => {
      const one = facts.find(({ provider }) => provider.id === id);
      if (one === undefined) throw new Error('the walk does not know it');
      const stage = {
        sandbox: world.sandbox,
        db: world.db,
        rpc: world.rpc,
        internal: (schema: Parameters<World['internal']>[0]) => world.internal(schema, 'executor'),
      } as Parameters<typeof walkProvider>[0];
      const tally = await walkProvider(stage, one, { mostEvents: 2, prefix: `w${Date.now() % 100_000}` });
      for (const name of tally.exceptions) excepted.add(name);
      const kinds = one.provider.connect.filter(({ authKind }) => exceptions[`${id} ${authKind}`] === undefined);
      expect(tally.modes).toBe(kinds.length);
    },
  );
});

test('every exception is still needed', () => {
  expect(Object.keys(exceptions).filter(name => !excepted.has(name))).toEqual([]);
});
