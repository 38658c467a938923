import type { Integration } from '../../gen/mobius/integrations/v1/integration_pb.js';
import { connectBy } from './connect.ts';
import { revoke, tryCredential } from './credentials.ts';
import { deliverTo } from './deliver.ts';
import type { Facts } from './facts.ts';
import { pickThrough } from './pick.ts';
import type { ConformanceStage, Tally } from './stage.ts';

/**
 * Everything that a provider promises, through the real service and the vendor that the sandbox plays: each way to connect,
 * with a wrong credential and a refused consent before it; the identity; a refresh; an authorized request; deliveries, genuine
 * and forged; each picker to its end past a 429; a revocation. Throws Broken where a promise does not hold.
 */
export async function walkProvider(
  stage: ConformanceStage,
  facts: Facts,
  options: { readonly mostEvents: number; readonly prefix: string },
): Promise<Tally> {
  const { provider } = facts;
  const actions = provider.actions.filter(({ runtimeState }) => runtimeState === 'ACTIVE').length;
  const tally: Tally = {
    modes: 0,
    events: 0,
    actions,
    pickers: 0,
    refreshed: 0,
    revoked: 0,
    forgeries: 0,
    exceptions: [],
  };
  const connected: Partial<Record<string, Integration>> = {};
  for (const method of provider.connect) {
    const project = `${options.prefix}-${provider.id}-${method.authKind}`.toLowerCase().replaceAll('_', '-');
    const integration = await connectBy(stage, facts, method, project, tally);
    if (integration === undefined) continue;
    connected[method.authKind] = integration;
    await tryCredential(stage, facts, method, integration, tally);
  }
  for (const integration of Object.values(connected)) {
    if (integration !== undefined && (await deliverTo(stage, facts, integration, options.mostEvents, tally))) break;
  }
  await pickThrough(stage, facts, connected, tally);
  // Whoever revokes waits until no answer from before can be under way.
  await Promise.all(
    provider.connect.map(async method => {
      const integration = connected[method.authKind];
      if (integration !== undefined) await revoke(stage, facts, method, integration, tally);
    }),
  );
  return tally;
}
