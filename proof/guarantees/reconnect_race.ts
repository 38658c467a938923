import { setTimeout as delay } from 'node:timers/promises';
import { IntegrationStatus } from '../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { connect, isGood, resolve } from '../connecting.ts';
import type { Stage } from '../ground.ts';
import { expect, expectEqual, type Figures, type Guarantee, outcomeOf } from '../guarantee.ts';

const interleavings = 100;
const wanted = { minValiditySeconds: 600 };

export const reconnectRace: Guarantee = {
  name: 'reconnect-race',
  shows:
    'whatever the order of a reconnect and a refresh, or of a reconnect and an uninstallation, the newest consent wins',
  prove: ground =>
    ground.stage({ processes: 2 }, async stage => ({
      ...(await againstRefresh(stage)),
    })),
};

/** The provider's answer and the reconnect are shifted against each other, from well before to well after. */
async function againstRefresh(stage: Stage): Promise<Figures> {
  const { processes, vendor, db } = stage;
  const [first, second] = processes;
  if (first === undefined || second === undefined) throw new Error('no processes');
  let inBetween = 0;
  for (let i = 0; i < interleavings; i++) {
    const project = `race-${i % 10}`;
    vendor.server.lifeSeconds = 300;
    const id = await connect(first, project);
    vendor.server.lifeSeconds = 3_600;
    const spread = i % 20;
    let answered = false;
    vendor.hold = {
      before: () => (spread < 10 ? delay(spread * 8) : Promise.resolve()),
      after: async () => {
        if (spread >= 10) await delay((spread - 10) * 8);
        answered = true;
      },
    };
    const refreshing = outcomeOf(resolve(second, project, wanted));
    await delay((i % 7) * 6);
    const reconnecting = connect(first, project, { integrationId: id });
    await reconnecting;
    if (!answered) inBetween += 1;
    const refreshed = await refreshing;
    expect(['OK', 'PROVIDER_UNAVAILABLE', 'EXPIRED'].includes(refreshed), `refresh ended ${refreshed}`);
    vendor.hold = {};
    const { accessToken } = await resolve(second, project);
    expect(await isGood(vendor, accessToken), `interleaving ${i}: the token in force is not good`);
    const { rows } = await db.query(
      `select c.version, c.created_by, i.status, r.state from credentials c
       join integrations i on i.project = c.project and i.id = c.integration_id
       left join refreshes r on r.project = c.project and r.integration_id = c.integration_id and r.generation = i.generation
       where c.integration_id = $1 and c.state = 'CURRENT'`,
      [id],
    );
    expectEqual(rows.length, 1, `interleaving ${i}: current credentials`);
    // The consent is the newest there is: what is current came with it, or was refreshed from it.
    const consent = await db.query(
      `select max(version) as v from credentials where integration_id = $1 and created_by <> 'mobius:refresh'`,
      [id],
    );
    expect(rows[0]?.version >= consent.rows[0]?.v, `interleaving ${i}: an older grant is current`);
    expectEqual(rows[0]?.status, 'ACTIVE', `interleaving ${i}: status`);
    expect(await refreshesOn(stage, project, id), `interleaving ${i}: the grant in force does not refresh`);
  }
  return { refresh_interleavings: interleavings, reconnected_before_the_answer: inBetween };
}

/** The refresh token in force belongs to the newest consent: it refreshes once more. */
async function refreshesOn({ processes: [first], db }: Stage, project: string, id: string): Promise<boolean> {
  if (first === undefined) throw new Error('no process');
  await db.query(
    `update credentials set expire_time = now() + interval '300 s' where integration_id = $1 and state = 'CURRENT'`,
    [id],
  );
  await db.query(`select pg_notify('mobius_integration_changed', $1)`, [project]);
  const before = await resolve(first, project, { minValiditySeconds: 0 });
  for (let i = 0; i < 50; i++) {
    const after = await resolve(first, project, wanted);
    if (after.version > before.version) return true;
    const { integration } = await first.rpc(IntegrationService).getIntegration({ project, integration: id });
    if (integration?.status !== IntegrationStatus.ACTIVE) return false;
    await delay(20);
  }
  return false;
}
