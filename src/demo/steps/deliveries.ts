import { DeliveryStage, type IntegrationEvent } from '../../../gen/mobius/integrations/v1/event_pb.js';
import { EventService } from '../../../gen/mobius/integrations/v1/event_service_pb.js';
import { networkFetch } from '../../outbound.ts';
import type { Delivered } from '../../sandbox/start.ts';
import { until } from '../program.ts';
import type { Stage } from '../stage.ts';
import { check, noted, type Step } from '../step.ts';

export const eventDelivered: Step = {
  title: 'a signed GitHub issues.opened becomes receipt, source event, delivery to the trigger stream and outcome',
  async show(stage) {
    const engine = stage.example('trigger-engine');
    const delivered = await stage.sandbox.deliver('github', { event: 'issues.opened' });
    check(delivered.status >= 200 && delivered.status < 300, `the edge answered ${delivered.status}`);
    const [receipt] = await receiptsOf(stage, delivered.deliveryId);
    check(receipt?.eventType === 'github.issues.opened', 'there is no receipt when the answer has left');
    const sourceEvent = receipt.sourceEvent?.id;
    check(sourceEvent !== undefined, 'the receipt has no source event');
    const taken = await until('the trigger engine takes it', () =>
      engine
        .stdout()
        .split('\n')
        .find(line => line.includes(sourceEvent)),
    );
    const done = await until('the outcome shows on the receipt', async () => {
      const { event } = await stage.clients.rpc(EventService).getIntegrationEvent({
        project: stage.project,
        eventId: receipt.id,
        includePayload: true,
      });
      return event?.stage === DeliveryStage.SUCCEEDED ? event : undefined;
    });
    const { runIds } = JSON.parse(taken) as { runIds: string[] };
    check(done.sourceEvent?.runIds.join() === runIds.join(), "the receipt does not name the engine's run");
    check(done.payload !== undefined, 'the receipt has no payload');
    stage.notes.set('event', receipt.id);
    stage.notes.set('delivery', JSON.stringify(delivered));
    return `${receipt.id} is SUCCEEDED with ${sourceEvent} and ${runIds.join()}`;
  },
};

export const duplicateKept: Step = {
  title: 'the same delivery again is a duplicate',
  async show(stage) {
    const first = noted(stage, 'event');
    const { request, deliveryId } = JSON.parse(noted(stage, 'delivery')) as Delivered;
    const { url, headers, body } = request;
    const answer = await networkFetch(url, { method: 'POST', headers, body });
    check(answer.ok, `the edge answered ${answer.status}`);
    const receipts = await receiptsOf(stage, deliveryId);
    const duplicate = receipts.find(({ id }) => id !== first);
    check(receipts.length === 2 && duplicate !== undefined, `there are ${receipts.length} receipts`);
    check(duplicate.stage === DeliveryStage.DUPLICATE, `it is ${DeliveryStage[duplicate.stage]}`);
    check(duplicate.duplicateOf === first, 'it does not name the first receipt');
    check(duplicate.sourceEvent === undefined, 'it published a source event');
    return `${duplicate.id} is a DUPLICATE of ${first} and published nothing`;
  },
};

export const forgedRefused: Step = {
  title: 'a forged one is refused and leaves no receipt',
  async show(stage) {
    const before = await countReceipts(stage);
    const forged = await stage.sandbox.deliver('github', { event: 'issues.opened', secret: 'not the signing secret' });
    check(forged.status === 401, `the edge answered ${forged.status}`);
    const { url, headers, body } = (JSON.parse(noted(stage, 'delivery')) as Delivered).request;
    const changed = await networkFetch(url, { method: 'POST', headers, body: body.replace('"opened"', '"closed"') });
    check(changed.status === 401, `a changed body was answered ${changed.status}`);
    check((await countReceipts(stage)) === before, 'there is a receipt');
    return `401 for another secret and for a changed body, still ${before} receipts`;
  },
};

async function receiptsOf({ clients, project }: Stage, deliveryKey: string): Promise<IntegrationEvent[]> {
  const { events } = await clients.rpc(EventService).listIntegrationEvents({ project, provider: 'github' });
  return events.filter(event => event.deliveryKey.includes(deliveryKey));
}

async function countReceipts({ clients, project }: Stage): Promise<number> {
  const { events } = await clients.rpc(EventService).listIntegrationEvents({ project, pageSize: 200 });
  return events.length;
}
