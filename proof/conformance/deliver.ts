import { EventService } from '../../gen/mobius/integrations/v1/event_service_pb.js';
import { AuthKind, type Integration } from '../../gen/mobius/integrations/v1/integration_pb.js';
import { aimOf } from '../../src/sandbox/offers.ts';
import { opaque } from '../../src/sandbox/secrets.ts';
import { expect, expectEqual } from '../guarantee.ts';
import type { Facts } from './facts.ts';
import { type ConformanceStage, eventually, isExcepted, type Tally } from './stage.ts';

/**
 * Sends what the vendor would, to where the vendor would: each becomes a source event of the integration, and none that a
 * stranger signed does. Answers whether the provider sends any.
 */
export async function deliverTo(
  stage: ConformanceStage,
  facts: Facts,
  integration: Integration,
  mostEvents: number,
  tally: Tally,
): Promise<boolean> {
  const { provider, rings } = facts;
  const deliveries = facts.deliveries.slice(0, mostEvents);
  const [first] = deliveries;
  const endpoint = provider.webhook?.endpoints[0];
  if (first === undefined || endpoint === undefined || isExcepted(tally, `${provider.id} deliveries`)) return false;
  const { project, id } = integration;
  if (endpoint.secret === 'INTEGRATION' && !holdsSecret(facts, integration, endpoint.secretField)) return false;
  const aim = aimOf(provider, rings);
  const where =
    aim === 'HOOK'
      ? { hook: await madeHook(stage, provider.id, id) }
      : aim === 'INTEGRATION'
        ? { endpoint: `${project}.${id}` }
        : {};
  const strange = facts.strange?.(opaque) ?? (first.event.startsWith('response.') ? `whsec_${opaque(32)}` : opaque(32));
  // What rings is made when something happens: nothing does here.
  const forgery = { ...where, event: first.event, secret: strange, ...(rings && { raw: '{}' }) };
  const forged = await stage.sandbox.deliver(provider.id, forgery);
  expectEqual(forged.status, 401, `${provider.id}: a delivery that a stranger signed`);
  tally.forgeries++;
  if (rings) await feedBegun(stage, provider.id, id);
  for (const { event } of deliveries) {
    const { status } = await stage.sandbox.deliver(provider.id, { ...where, event });
    expectEqual(status, 200, `${provider.id}: the delivery of ${event}`);
  }
  const wanted = deliveries.map(({ eventType }) => eventType).toSorted();
  const told = await eventually(
    async () => {
      const found = await received(stage, integration);
      return found.length >= wanted.length ? found : undefined;
    },
    `${provider.id}: ${wanted.length} events${rings ? ' that were rung for' : ''}`,
  );
  expectEqual(told.map(({ eventType }) => eventType).toSorted(), wanted, `${provider.id}: the events`);
  expect(
    told.every(({ sourceEvent }) => sourceEvent !== undefined),
    `${provider.id}: an event is no source event`,
  );
  tally.events += wanted.length;
  return true;
}

/** Whether the signing secret was entered with this connection; one by consent has none of its own. */
function holdsSecret({ provider }: Facts, { authKind }: Integration, field: string): boolean {
  const method = provider.connect.find(each => AuthKind[each.authKind] === authKind);
  return method !== undefined && 'schema' in method && Object.hasOwn(method.schema.properties ?? {}, field);
}

/** The webhook that the service makes by itself once it is connected. */
async function madeHook({ sandbox }: ConformanceStage, provider: string, integration: string): Promise<string> {
  const hooks = sandbox.hooks(provider);
  const made = () => hooks.all().find(({ url }) => url === '' || url.includes(integration))?.id;
  return await eventually(async () => made(), `${provider}: a webhook of the service`);
}

/** What happened before it was first read is not told. */
async function feedBegun({ db }: ConformanceStage, provider: string, integration: string): Promise<void> {
  await eventually(async () => {
    const { rows } = await db.query(
      'select bool_and(cursor is not null) as begun from feeds where integration_id = $1',
      [integration],
    );
    return rows[0]?.begun === true || undefined;
  }, `${provider}: the beginning of its feed`);
}

async function received({ rpc }: ConformanceStage, { project, id }: Integration) {
  const { events } = await rpc(EventService).listIntegrationEvents({ project, integrationId: id, pageSize: 200 });
  return events.filter(({ eventType }) => !eventType.startsWith('integration.'));
}
