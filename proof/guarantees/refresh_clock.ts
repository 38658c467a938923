import { setTimeout as delay } from 'node:timers/promises';
import { connect, isGood, resolve } from '../connecting.ts';
import { expect, expectEqual, type Guarantee, outcomeOf, tally } from '../guarantee.ts';

const apartMs = 300_000;
const lifeMs = 3_600_000;
const rounds = 10;
const callersEach = 10;

/** A crawl that is due when a clock is moved opens credentials too, and may hold rows that this line deletes by hand. */
const environment = { MOBIUS_REFERENCE_CRAWL: 'off' };

export const refreshClock: Guarantee = {
  name: 'refresh-clock',
  shows: 'processes whose clocks are 5 minutes apart refresh once, however long the provider takes within its deadline',
  prove: ground =>
    ground.stage({ processes: 2, clockOffsetsMs: [0, apartMs], environment }, async ({ processes, vendor, db }) => {
      const [behind, ahead] = processes;
      if (behind === undefined || ahead === undefined) throw new Error('no processes');
      const outcomes: string[] = [];
      let calls = 0;
      for (let round = 0; round < rounds; round++) {
        const project = `clock-${round}`;
        // The one that connects writes the end of the token by its own clock.
        const id = await connect(round % 2 === 0 ? behind : ahead, project);
        vendor.hold = { before: async () => void (await delay(round < 2 ? 4_000 : 100)) };
        const before = vendor.refreshes.length;
        // It is over by either clock.
        await Promise.all(processes.map(process => process.advance(lifeMs + apartMs)));
        const answers = new Set<string>();
        const call = async (i: number): Promise<void> => {
          const outcome = await outcomeOf(
            resolve(i % 2 === 0 ? behind : ahead, project).then(({ version, accessToken }) => {
              answers.add(`${version} ${accessToken}`);
            }),
          );
          outcomes.push(outcome);
        };
        await Promise.all(Array.from({ length: 2 * callersEach }, (_, i) => call(i)));
        const [answer = ''] = answers;
        expectEqual(vendor.refreshes.length - before, 1, `${project}: calls of the provider`);
        expectEqual(
          [...answers].map(a => a.split(' ')[0]),
          ['2'],
          `${project}: generations seen`,
        );
        expect(await isGood(vendor, answer.split(' ')[1] ?? ''), `${project}: the provider does not take the token`);
        calls += vendor.refreshes.length - before;
        await db.query('delete from integrations where id = $1', [id]);
      }
      expectEqual(tally(outcomes), { OK: rounds * 2 * callersEach }, 'outcomes');
      return { rounds, apart_ms: apartMs, callers: outcomes.length, provider_calls: calls, errors: 0 };
    }),
};
