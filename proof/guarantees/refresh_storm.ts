import { setTimeout as delay } from 'node:timers/promises';
import { IntegrationService } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { connect, isGood, resolve } from '../connecting.ts';
import type { Stage } from '../ground.ts';
import { expect, expectEqual, type Figures, type Guarantee, outcomeOf, tally } from '../guarantee.ts';

const callers = 1_000;
const lifeMs = 3_600_000;

export const refreshStorm: Guarantee = {
  name: 'refresh-storm',
  shows:
    '4 processes, 1,000 callers, one expired rotating token: one provider call, nobody fails, all get one generation',
  prove: ground =>
    ground.stage({ processes: 4 }, async stage => ({
      ...(await storm(stage, 'storm', { answerAfterMs: 200, patienceMs: 15_000 })),
      ...(await storm(stage, 'slow', { answerAfterMs: 6_000, patienceMs: 2_500 })),
    })),
};

/** All the callers at once; whose patience ends comes again. */
async function storm(
  { processes, vendor, db }: Stage,
  project: string,
  { answerAfterMs, patienceMs }: { readonly answerAfterMs: number; readonly patienceMs: number },
): Promise<Figures> {
  const [first] = processes;
  if (first === undefined) throw new Error('no process');
  const id = await connect(first, project);
  vendor.hold = { after: async () => void (await delay(answerAfterMs)) };
  const before = vendor.refreshes.length;
  // Their sweeps come for it too.
  await Promise.all(processes.map(process => process.advance(lifeMs)));
  const outcomes: string[] = [];
  const tokens = new Set<string>();
  const versions = new Set<number>();
  const startMs = performance.now();
  const call = async (i: number): Promise<void> => {
    const process = processes[i % processes.length] ?? first;
    for (;;) {
      const calledMs = performance.now();
      const outcome = await outcomeOf(
        resolve(process, project, { timeoutMs: patienceMs, connection: Math.floor(i / 4) % 5 }).then(answer => {
          tokens.add(answer.accessToken);
          versions.add(answer.version);
        }),
      );
      // A stream that is cut at the deadline is told as UNKNOWN now and then.
      const isLate = outcome !== 'OK' && performance.now() - calledMs >= patienceMs;
      const isOver = isLate || outcome === 'DeadlineExceeded';
      outcomes.push(isOver ? 'DeadlineExceeded' : outcome);
      if (!isOver || performance.now() - startMs > 60_000) return;
      await delay(1_000 + 2_000 * Math.random());
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, i) => call(i)));
  const lastMs = Math.round(performance.now() - startMs);
  vendor.hold = {};

  const { OK: ok = 0, DeadlineExceeded: impatient = 0, ...errors } = tally(outcomes);
  const calls = vendor.refreshes.length - before;
  expectEqual(calls, 1, `${project}: calls of the provider`);
  expectEqual(errors, {}, `${project}: errors`);
  expectEqual(ok, callers, `${project}: callers served`);
  expect(answerAfterMs < patienceMs || impatient >= callers / 2, `${project}: only ${impatient} callers lost patience`);
  expectEqual([...versions], [2], `${project}: generations seen`);
  expectEqual(tokens.size, 1, `${project}: tokens seen`);
  expect(await isGood(vendor, [...tokens][0] ?? ''), `${project}: the provider does not take the token`);
  const { rows } = await db.query(`select version, state from credentials where integration_id = $1 order by version`, [
    id,
  ]);
  expectEqual(
    rows.map(r => `${r.version} ${r.state}`),
    ['1 DESTROYED', '2 CURRENT'],
    `${project}: versions`,
  );
  // Its next end would be refreshed in the midst of the storm after this one.
  await first.rpc(IntegrationService).deleteIntegration({ project, integration: id });
  return {
    [`${project}_callers`]: ok,
    [`${project}_provider_calls`]: calls,
    [`${project}_errors`]: 0,
    ...(impatient > 0 && { [`${project}_deadlines_passed`]: impatient }),
    [`${project}_last_served_ms`]: lastMs,
  };
}
