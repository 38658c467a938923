import { connect, resolve } from './connecting.ts';
import type { Stage } from './ground.ts';
import { expectEqual, type Figures } from './guarantee.ts';
import { startPostgresProxy } from './postgres_proxy.ts';
import { isClaim, isKeepAnswer } from './refresh_statements.ts';
import type { ServiceProcess } from './service_process.ts';

const rounds = 30;

/** How long the one window is open: from the intent on record to the answer on record, and what of it the vendor takes. */
export async function measureWindow(
  stage: Stage,
  other: ServiceProcess,
  ages: { readonly aheadMs: number; readonly lifeSeconds: number; readonly minValiditySeconds: number },
): Promise<Figures> {
  const { aheadMs, lifeSeconds, minValiditySeconds } = ages;
  const { vendor } = stage;
  const proxy = await startPostgresProxy(stage.databaseUrl);
  stage.onEnd(proxy.close);
  const process = await stage.start({ databaseUrl: proxy.url, clockOffsetMs: aheadMs });
  const windows: number[] = [];
  const without: number[] = [];
  let openMs = 0;
  let vendorMs = 0;
  proxy.onResult = statement => {
    if (isClaim(statement, [])) openMs = performance.now();
    if (!isKeepAnswer(statement, [])) return;
    windows.push(performance.now() - openMs);
    without.push(performance.now() - openMs - vendorMs);
  };
  const project = 'window';
  vendor.hold = {
    after: async refresh => {
      vendorMs = performance.now() - refresh.startMs;
    },
  };
  for (let i = 0; i < rounds; i++) {
    vendor.server.lifeSeconds = lifeSeconds;
    await connect(other, project);
    vendor.server.lifeSeconds = 3_600;
    await resolve(process, project, { minValiditySeconds });
  }
  expectEqual(windows.length, rounds, 'windows measured');
  const middle = (values: number[]) => Number((values.toSorted((a, b) => a - b)[rounds >> 1] ?? 0).toFixed(1));
  const most = (values: number[]) => Number(Math.max(...values).toFixed(1));
  return {
    window_ms_median: middle(windows),
    window_ms_max: most(windows),
    window_beyond_provider_ms_median: middle(without),
  };
}
