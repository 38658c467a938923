import { randomBytes } from 'node:crypto';
import { VaultService } from '../../gen/mobius/integrations/internal/v1/vault_service_pb.js';
import { connect, resolve } from '../connecting.ts';
import { copyMany } from '../copies.ts';
import { expect, expectEqual, type Guarantee, outcomeOf, tally } from '../guarantee.ts';
import { underLoad } from '../load.ts';
import type { ServiceProcess } from '../service_process.ts';

const projects = 300;
const callers = 16;
const provider = 'google_sheets';

export const kekRewrap: Guarantee = {
  name: 'kek-rewrap',
  shows: 'every data key is rewrapped while callers resolve, the old key goes, and no resolve fails on the way',
  alone: true,
  prove: ground =>
    ground.stage({ processes: 0 }, async stage => {
      const keys = { old: randomBytes(32).toString('base64'), new: randomBytes(32).toString('base64') };
      const keyring = (active: 'old' | 'new', held: readonly ('old' | 'new')[]) => ({
        MOBIUS_KEYRING: JSON.stringify({ active, keys: Object.fromEntries(held.map(name => [name, keys[name]])) }),
      });
      const launch = (environment: Record<string, string>) =>
        Promise.all([stage.start({ environment }), stage.start({ environment })]);
      let serving: ServiceProcess[] = await launch(keyring('old', ['old', 'new']));
      const [first] = serving;
      if (first === undefined) throw new Error('no process');
      const source = { project: 'key-0', id: await connect(first, 'key-0', { provider }) };
      const all = [source, ...(await copyMany(serving, source, projects - 1, n => `key-${n + 1}`))];

      const outcomes: string[] = [];
      const call = async (i: number): Promise<void> => {
        const target = all[(i * 37) % all.length];
        const process = serving[i % serving.length];
        if (target === undefined || process === undefined) throw new Error('nothing to resolve');
        outcomes.push(await outcomeOf(resolve(process, target.project, { provider })));
      };
      /** New processes serve before the old ones drain. */
      const roll = async (environment: Record<string, string>): Promise<void> => {
        const old = serving;
        serving = await launch(environment);
        await settle(outcomes);
        await Promise.all(old.map(process => process.stop()));
      };
      const rewrapped = await underLoad(callers, call, async () => {
        await roll(keyring('new', ['old', 'new']));
        const [current] = serving;
        if (current === undefined) throw new Error('no process');
        const startMs = performance.now();
        let last = { doneCount: 0n, failedCount: 0n, totalCount: 0n };
        for await (const progress of current.internal(VaultService, 'operator').rewrapKeys({})) last = progress;
        const rewrapMs = Math.round(performance.now() - startMs);
        expectEqual(Number(last.failedCount), 0, 'data keys that failed');
        const status = await current.internal(VaultService, 'operator').getKeyringStatus({});
        expectEqual(Number(status.staleDataKeyCount), 0, 'data keys under another key');
        const { rows } = await stage.db.query(
          'select keyring_key as key, count(*)::int as n from data_keys group by 1',
        );
        expectEqual(
          rows.map(row => row.key),
          ['new'],
          'keys that wrap data keys',
        );
        await roll(keyring('new', ['new']));
        await settle(outcomes);
        return { data_keys: Number(rows[0]?.n ?? 0), rewrap_ms: rewrapMs };
      });
      expectEqual(Object.keys(tally(outcomes)), ['OK'], `outcomes under load ${JSON.stringify(tally(outcomes))}`);
      expect(outcomes.length > 200, `only ${outcomes.length} resolves: no load`);
      const [survivor] = serving;
      if (survivor === undefined) throw new Error('no process');
      for (const { project } of all)
        expectEqual(await outcomeOf(resolve(survivor, project, { provider })), 'OK', project);
      return {
        ...rewrapped,
        resolves_under_load: outcomes.length,
        failed: 0,
        opened_without_the_old_key: all.length,
      };
    }),
};

/** Every caller has made a call since. */
async function settle(outcomes: readonly string[]): Promise<void> {
  const before = outcomes.length;
  while (outcomes.length < before + 4 * callers) await new Promise(resolve => setTimeout(resolve, 10));
}
