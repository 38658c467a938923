import { IntegrationStatus } from '../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { connect, resolve } from '../connecting.ts';
import { expect, expectEqual, type Guarantee, outcomeOf, tally } from '../guarantee.ts';

const lifeMs = 3_600_000;
const stepMs = 900_000;
const dayMs = 86_400_000;

export const deadGrant: Guarantee = {
  name: 'dead-grant',
  shows:
    'invalid_grant expires the integration at once; then no process asks the provider again for a day; a reconnect mends it',
  prove: ground =>
    ground.stage({ processes: 2 }, async ({ processes, vendor }) => {
      const [first, second] = processes;
      if (first === undefined || second === undefined) throw new Error('no processes');
      const project = 'dead';
      const id = await connect(first, project);
      await vendor.server.revokeAll();
      const before = vendor.refreshes.length;
      await Promise.all(processes.map(process => process.advance(lifeMs)));
      const atOnce = await Promise.all(
        Array.from({ length: 40 }, (_, i) => outcomeOf(resolve(i % 2 === 0 ? first : second, project))),
      );
      expectEqual(tally(atOnce), { EXPIRED: 40 }, 'the callers of the moment');
      const toLearn = vendor.refreshes.length - before;
      expectEqual(toLearn, 1, 'calls to learn of it');
      expectEqual(vendor.refreshes.at(-1)?.status, 400, 'the answer of the provider');
      const read = async () =>
        (await second.rpc(IntegrationService).getIntegration({ project, integration: id })).integration;
      const expired = await read();
      expectEqual(expired?.status, IntegrationStatus.EXPIRED, 'status');
      expect(expired?.health?.message !== undefined && expired.health.message !== '', 'health says nothing');
      expectEqual(expired?.health?.fix?.arguments.integration_id, id, 'the fix that health names');

      const outcomes: string[] = [];
      for (let passedMs = 0; passedMs < dayMs; passedMs += stepMs) {
        // Every sweep of the processes falls due too.
        await Promise.all(processes.map(process => process.advance(stepMs)));
        for (const process of processes) outcomes.push(await outcomeOf(resolve(process, project)));
      }
      expectEqual(tally(outcomes), { EXPIRED: (2 * dayMs) / stepMs }, 'a day of callers');
      const further = vendor.refreshes.length - before - toLearn;
      expectEqual(further, 0, 'calls of the provider in that day');

      await connect(first, project, { integrationId: id });
      expectEqual(await outcomeOf(resolve(second, project)), 'OK', 'after a reconnect');
      return { calls_to_learn: toLearn, calls_in_a_day: further, resolves_in_a_day: outcomes.length };
    }),
};
