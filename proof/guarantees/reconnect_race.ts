import { setTimeout as delay } from 'node:timers/promises';
import { IntegrationStatus } from '../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { connect, isGood, resolve } from '../connecting.ts';
import type { Stage } from '../ground.ts';
import { expect, expectEqual, type Figures, type Guarantee, outcomeOf } from '../guarantee.ts';

const interleavings = 100;
/** Of a token's hour. */
const agedMs = 3_000_000;
const wanted = { minValiditySeconds: 900 };

export const reconnectRace: Guarantee = {
  name: 'reconnect-race',
  shows:
    'whatever the order of a reconnect and a refresh, or of a reconnect and an uninstallation, the newest consent wins',
  prove: ground =>
    ground.stage({ processes: 2, withSandbox: true }, async stage => ({
      ...(await againstUninstall(stage)),
      ...(await againstRefresh(stage)),
    })),
};

/** The provider's answer and the reconnect are shifted against each other, from well before to well after. */
async function againstRefresh(stage: Stage): Promise<Figures> {
  const { processes, vendor, db } = stage;
  const [first, second] = processes;
  if (first === undefined || second === undefined) throw new Error('no processes');
  let before = 0;
  let reconnectMs = 200;
  const project = 'race';
  const id = await connect(first, project);
  for (let i = 0; i < interleavings; i++) {
    // The answer falls anywhere from the beginning of the reconnect to well after its end.
    const waitMs = ((i % 20) / 10) * reconnectMs;
    let isAnswered = false;
    const wait = async (): Promise<void> => void (await delay(waitMs));
    vendor.hold = {
      ...(i % 2 === 0 ? { before: wait } : {}),
      after: async () => {
        if (i % 2 === 1) await wait();
        isAnswered = true;
      },
    };
    // Near enough to its end that sweeps and callers refresh it.
    await Promise.all(processes.map(process => process.advance(agedMs)));
    const refreshing = outcomeOf(resolve(second, project, wanted));
    const startMs = performance.now();
    await connect(first, project, { integrationId: id });
    reconnectMs = 0.8 * reconnectMs + 0.2 * (performance.now() - startMs);
    if (!isAnswered) before += 1;
    const refreshed = await refreshing;
    expect(['OK', 'PROVIDER_UNAVAILABLE', 'EXPIRED'].includes(refreshed), `refresh ended ${refreshed}`);
    vendor.hold = {};
    const { accessToken } = await resolve(second, project);
    expect(await isGood(vendor, accessToken), `interleaving ${i}: the token in force is not good`);
    const consent = await vendor.server.consentOf(accessToken);
    expectEqual(
      consent,
      vendor.server.newestConsent,
      `interleaving ${i}: the consent that the token in force comes of`,
    );
    const { rows } = await db.query(
      `select c.version, c.created_by, i.status, r.state from credentials c
       join integrations i on i.project = c.project and i.id = c.integration_id
       left join refreshes r on r.project = c.project and r.integration_id = c.integration_id and r.generation = i.generation
       where c.integration_id = $1 and c.state = 'CURRENT'`,
      [id],
    );
    expectEqual(rows.length, 1, `interleaving ${i}: current credentials`);
    expectEqual(rows[0]?.status, 'ACTIVE', `interleaving ${i}: status`);
    expect(await refreshesOn(stage, project), `interleaving ${i}: the grant in force does not refresh`);
  }
  expect(before >= 20 && before <= 80, `the answer came after the reconnect in ${before} of ${interleavings}: no race`);
  return { refresh_interleavings: interleavings, answered_after_the_reconnect: before };
}

/** The refresh token in force belongs to the newest consent: it refreshes once more. */
async function refreshesOn({ processes }: Stage, project: string): Promise<boolean> {
  const [first] = processes;
  if (first === undefined) throw new Error('no process');
  const before = await resolve(first, project, { minValiditySeconds: 0 });
  await Promise.all(processes.map(process => process.advance(agedMs)));
  const after = await resolve(first, project, wanted);
  return after.version > before.version;
}

/**
 * The app is removed at the provider, connected again, and the word of the removal is shifted against the reconnect: it
 * comes through another process, and the provider takes its time when it is asked.
 */
async function againstUninstall({ processes, sandbox }: Stage): Promise<Figures> {
  const [first, second] = processes;
  if (first === undefined || second === undefined) throw new Error('no processes');
  const project = 'removal';
  const provider = 'slack';
  const id = await connect(first, project, { provider });
  let reconnectMs = 200;
  let expired = 0;
  let during = 0;
  for (let i = 0; i < interleavings; i++) {
    sandbox.revoke(provider);
    const slow = sandbox.inject({ provider, path: /auth\.test$/, delayMs: (i % 5) * 40, times: 2 });
    const waitMs = ((i % 20) / 15) * reconnectMs;
    let isConnected = false;
    const startMs = performance.now();
    const reconnecting = connect(first, project, { provider, integrationId: id }).then(() => {
      isConnected = true;
      reconnectMs = 0.8 * reconnectMs + 0.2 * (performance.now() - startMs);
    });
    await delay(waitMs);
    if (!isConnected) during += 1;
    const told = await sandbox.deliver(provider, { event: 'app_uninstalled', to: second.addresses.edge });
    expectEqual(told.status, 200, `removal ${i}: the delivery's answer`);
    const before = await first.rpc(IntegrationService).getIntegration({ project, integration: id });
    if (before.integration?.status === IntegrationStatus.EXPIRED) expired += 1;
    await reconnecting;
    slow.remove();
    const { integration } = await second.rpc(IntegrationService).getIntegration({ project, integration: id });
    expectEqual(integration?.status, IntegrationStatus.ACTIVE, `removal ${i}: status`);
    const outcome = await outcomeOf(resolve(second, project, { provider }));
    expectEqual(outcome, 'OK', `removal ${i}: resolve`);
  }
  expect(expired > 0, 'no removal ever expired the integration: nothing was raced');
  expect(
    during >= 20 && during <= 95,
    `the removal came during the reconnect in ${during} of ${interleavings}: no race`,
  );
  return { removal_interleavings: interleavings, told_during_the_reconnect: during, expired_in_between: expired };
}
