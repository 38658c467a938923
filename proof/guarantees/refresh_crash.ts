import { IntegrationStatus } from '../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { connect, isGood, resolve } from '../connecting.ts';
import type { Stage } from '../ground.ts';
import { expect, expectEqual, type Figures, type Guarantee, outcomeOf } from '../guarantee.ts';
import { type Matches, type PostgresProxy, startPostgresProxy } from '../postgres_proxy.ts';
import { isClaim, isKeepAnswer, isSwapCommit, isSwapInsert, isSwapStart } from '../refresh_statements.ts';
import { measureWindow } from '../refresh_window.ts';
import type { ServiceProcess } from '../service_process.ts';

/** Where a process is killed, and what must come of it. */
type Point = {
  readonly name: string;
  readonly at:
    | { readonly hold: 'STATEMENT' | 'RESULT'; readonly of: Matches }
    | { readonly vendor: 'before' | 'after' };
  /** What was held reaches the database after the death. */
  readonly isLate?: true;
  /** Whether the vendor's answer, or that the token was sent at all, died with the process. */
  readonly isWindow?: true;
  /** The process lives; its connection to the database is cut. */
  readonly isCut?: true;
  readonly provider?: 'google_sheets';
};

const inWindow: readonly Point[] = [
  { name: 'intent-late', at: { hold: 'STATEMENT', of: isClaim }, isLate: true, isWindow: true },
  { name: 'intent-told', at: { hold: 'RESULT', of: isClaim }, isWindow: true },
  { name: 'request', at: { vendor: 'before' }, isWindow: true },
  { name: 'answer', at: { vendor: 'after' }, isWindow: true },
  { name: 'keep-lost', at: { hold: 'STATEMENT', of: isKeepAnswer }, isWindow: true },
];

const points: readonly Point[] = [
  { name: 'intent-lost', at: { hold: 'STATEMENT', of: isClaim } },
  ...inWindow,
  { name: 'keep-late', at: { hold: 'STATEMENT', of: isKeepAnswer }, isLate: true },
  { name: 'keep-told', at: { hold: 'RESULT', of: isKeepAnswer } },
  { name: 'swap-start', at: { hold: 'STATEMENT', of: isSwapStart } },
  { name: 'swap-half', at: { hold: 'RESULT', of: isSwapInsert } },
  { name: 'commit-lost', at: { hold: 'STATEMENT', of: isSwapCommit } },
  { name: 'commit-late', at: { hold: 'STATEMENT', of: isSwapCommit }, isLate: true },
  { name: 'commit-told', at: { hold: 'RESULT', of: isSwapCommit } },
  { name: 'keep-cut', at: { hold: 'STATEMENT', of: isKeepAnswer }, isCut: true },
  { name: 'kept-cut', at: { hold: 'RESULT', of: isKeepAnswer }, isCut: true },
  // A refresh token that is not replaced at each use may come again.
  { name: 'reusable-intent', at: { hold: 'RESULT', of: isClaim }, isWindow: true, provider: 'google_sheets' },
  { name: 'reusable-answer', at: { vendor: 'after' }, isWindow: true, provider: 'google_sheets' },
];

/** Of a token, by the clock of the process that connects; to the others, ahead of it, it is two minutes older. */
const lifeSeconds = 300;
const aheadMs = 120_000;
/** More than is left there, less than sweeps refresh for. */
const wanted = { minValiditySeconds: 240 };

/** A crawl opens credentials too, in whichever process: nobody but who resolves is to refresh. */
const environment = { MOBIUS_REFERENCE_CRAWL: 'off' };

export const refreshCrash: Guarantee = {
  name: 'refresh-crash',
  shows:
    'killed at any point from intent to swap: the grant lives and its token was sent once, or health says what happened',
  prove: ground =>
    ground.stage({ processes: 2, clockOffsetsMs: [aheadMs, 0], environment }, async stage => {
      const [survivor, connector] = stage.processes;
      if (survivor === undefined || connector === undefined) throw new Error('no process');
      const lost: { project: string; id: string }[] = [];
      let next = startVictim(stage);
      for (const [i, point] of points.entries()) {
        const victim = await next;
        next = i + 1 < points.length ? startVictim(stage) : next;
        // Should this point break the guarantee, nobody waits for the next one any more.
        next.catch(() => undefined);
        const id = await crash(stage, { survivor, connector, victim }, point);
        if (id !== undefined) lost.push({ project: point.name, id });
      }
      expectEqual(lost.length, inWindow.length, 'grants whose answer died');
      await expectTheirEnd(survivor, lost);
      const resent = points.filter(p => p.provider !== undefined).length;
      const figures: Figures = {
        points: points.length,
        killed: points.filter(({ isCut }) => !isCut).length,
        survived: points.length - lost.length,
        told_by_health: lost.length,
        resent_where_allowed: resent,
        sent_twice_where_not: 0,
      };
      return { ...figures, ...(await measureWindow(stage, connector, { aheadMs, lifeSeconds, ...wanted })) };
    }),
};

type Victim = { readonly process: ServiceProcess; readonly proxy: PostgresProxy };

async function startVictim(stage: Stage): Promise<Victim> {
  const proxy = await startPostgresProxy(stage.databaseUrl);
  stage.onEnd(proxy.close);
  return { process: await stage.start({ databaseUrl: proxy.url, clockOffsetMs: aheadMs }), proxy };
}

/** Answers the integration where the answer was lost and the token may not be sent again. */
async function crash(
  stage: Stage,
  { survivor, connector, victim }: { survivor: ServiceProcess; connector: ServiceProcess; victim: Victim },
  point: Point,
): Promise<string | undefined> {
  const { vendor, db } = stage;
  const { name: project, at, provider = 'jira' } = point;
  vendor.hold = {};
  vendor.server.lifeSeconds = lifeSeconds;
  const id = await connect(connector, project, { provider });
  vendor.server.lifeSeconds = 3_600;
  const before = vendor.refreshes.length;

  const release = Promise.withResolvers<void>();
  const caught = Promise.withResolvers<void>();
  const stop = async (): Promise<void> => {
    caught.resolve();
    await release.promise;
  };
  const trap = 'hold' in at ? victim.proxy.hold(at.hold, at.of) : undefined;
  if ('vendor' in at) vendor.hold = at.vendor === 'before' ? { before: stop } : { after: stop };
  const dying = outcomeOf(resolve(victim.process, project, { provider, ...wanted }));
  const early = dying.then(outcome => expect(false, `${project}: the call ended before the point: ${outcome}`));
  await Promise.race([trap?.caught ?? caught.promise, early]);
  if (point.isCut) trap?.cut();
  else await victim.process.kill();
  if (point.isLate) await trap?.deliver();
  if (!point.isCut) await victim.proxy.close();
  release.resolve();
  vendor.hold = {};
  const ended = await dying;
  if (point.isCut) expectEqual(ended, 'OK', `${project}: the call of the process that lives`);

  // The lease runs by the store's clock: its minute passes.
  await db.query(`update refreshes set lease_end_time = now() - interval '1 second' where project = $1`, [project]);
  const answer = await resolve(survivor, project, { provider, ...wanted });
  const sent = vendor.refreshes.slice(before);
  const times = new Map<string, number>();
  for (const { refreshToken } of sent) times.set(refreshToken, (times.get(refreshToken) ?? 0) + 1);
  const read = await survivor.rpc(IntegrationService).getIntegration({ project, integration: id });
  const { status, health } = read.integration ?? {};
  expectEqual(status, IntegrationStatus.ACTIVE, `${project}: status`);
  expect(await isGood(vendor, answer.accessToken), `${project}: the provider does not take the token served`);

  if (point.isWindow && provider === 'jira') {
    expect(Math.max(0, ...times.values()) <= 1, `${project}: the token was sent again where it may not`);
    expectEqual(answer.version, 1, `${project}: the version served to its end`);
    expect(health?.message.includes('answer was lost'), `${project}: health says ${health?.message ?? 'nothing'}`);
    return id;
  }
  expectEqual(answer.version, 2, `${project}: the version served`);
  const most = point.isWindow ? 2 : 1;
  expect(
    [...times.values()].every(n => n <= most),
    `${project}: the token was sent ${Math.max(...times.values())} times`,
  );
  expect(sent.length >= 1, `${project}: no refresh came`);
  expectEqual(health?.message, undefined, `${project}: health`);
  const { rows } = await db.query(
    `select count(*)::int as n from audit_records where project = $1 and
    action = 'credential.refresh' and outcome = 'SUCCEEDED'`,
    [project],
  );
  expectEqual(rows[0]?.n, 1, `${project}: refreshes in the audit`);
  return undefined;
}

/** When the token that was still served is over, so is the integration, and says why. */
async function expectTheirEnd(
  survivor: ServiceProcess,
  lost: readonly { project: string; id: string }[],
): Promise<void> {
  await survivor.advance(lifeSeconds * 1_000);
  for (const { project, id } of lost) {
    let found: string | undefined;
    let status: IntegrationStatus | undefined;
    for (let i = 0; i < 200 && status !== IntegrationStatus.EXPIRED; i++) {
      const { integration } = await survivor.rpc(IntegrationService).getIntegration({ project, integration: id });
      status = integration?.status;
      found = integration?.health?.message;
    }
    expectEqual(status, IntegrationStatus.EXPIRED, `${project}: status after the token's end`);
    expect(found?.includes('answer was lost'), `${project}: health says ${found ?? 'nothing'} in the end`);
    expectEqual(await outcomeOf(resolve(survivor, project)), 'EXPIRED', `${project}: resolve after the end`);
  }
}
