import type { Integration } from '../../gen/mobius/integrations/v1/integration_pb.js';
import { ReferenceService } from '../../gen/mobius/integrations/v1/reference_service_pb.js';
import type { ReferenceType } from '../../src/providers/provider.ts';
import { expect, expectEqual, outcomeOf } from '../guarantee.ts';
import type { Facts, Picker } from './facts.ts';
import { type ConformanceStage, eventually, isExcepted, type Tally } from './stage.ts';

/** Walks each picker that works to its end, past a 429, and resolves what it showed. */
export async function pickThrough(
  stage: ConformanceStage,
  facts: Facts,
  integrations: Readonly<Partial<Record<string, Integration>>>,
  tally: Tally,
): Promise<void> {
  const { provider } = facts;
  for (const type of provider.references) {
    if (type.source !== 'PROVIDER' || type.runtimeState !== 'ACTIVE' || isExcepted(tally, type.name)) continue;
    const picker = facts.pickers[type.name];
    expect(picker !== undefined, `${type.name}: the sandbox shows none, and no exception says why`);
    const integration = picker.authKind === undefined ? Object.values(integrations)[0] : integrations[picker.authKind];
    expect(integration !== undefined, `${type.name}: there is no connection to pick with`);
    await pick(stage, type, picker, integration);
    tally.pickers++;
  }
}

async function pick(
  { rpc, sandbox }: ConformanceStage,
  { name: referenceType, search }: Extract<ReferenceType, { source: 'PROVIDER' }>,
  { values, dependsOn = {}, q = '' }: Picker,
  { project, id: integrationId, provider }: Integration,
): Promise<void> {
  const references = rpc(ReferenceService);
  const request = { project, integrationId, referenceType, dependsOn, q };
  // Not one of the webhooks that the service makes meanwhile.
  const path = /^(?!.*hook)/;
  const throttled = sandbox.inject({ provider, path, status: 429, headers: { 'retry-after': '0' } });
  await eventually(async () => {
    const outcome = await outcomeOf(references.lookupReferences({ ...request, pageSize: 1 }));
    expect(outcome === 'OK' || outcome === 'RATE_LIMITED', `${referenceType}: ${outcome} after a 429`);
    if (outcome !== 'OK') return undefined;
    const { completeness } = await references.lookupReferences({ ...request, pageSize: 1 });
    // What the provider itself searches is nowhere whole.
    return completeness?.complete === true || search === 'PROVIDER' ? true : undefined;
  }, `${referenceType}: the end`);
  expectEqual(throttled.remaining, 0, `${referenceType}: 429 not met`);
  const found: string[] = [];
  let pageToken = '';
  do {
    const page = await references.lookupReferences({ ...request, pageSize: 50, pageToken });
    found.push(...page.references.map(({ value }) => value));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  if (values !== undefined) expectEqual(found.toSorted(), values.toSorted(), `${referenceType}: what it shows`);
  expect(found.length > 0 && new Set(found).size === found.length, `${referenceType}: ${found.length} found`);
  const some = [found[0], found.at(-1)].filter(value => value !== undefined);
  const resolved = await references.resolveReferences({
    project,
    integrationId,
    referenceType,
    dependsOn,
    values: [...new Set(some)],
  });
  expectEqual(resolved.unresolved.length, 0, `${referenceType}: what it showed and does not resolve`);
}
