import { setTimeout as delay } from 'node:timers/promises';
import { AcknowledgementKind, SourceEventOutcome } from '../../gen/mobius/integrations/internal/v1/source_event_pb.js';
import { SourceEventService } from '../../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import { DeliveryCause, DeliveryStage } from '../../gen/mobius/integrations/v1/event_pb.js';
import { EventService, type ExplainDeliveryResponse } from '../../gen/mobius/integrations/v1/event_service_pb.js';
import { addIntegration, compose, happening, post, type Sending } from '../deliveries.ts';
import type { Stage } from '../ground.ts';
import { expectEqual, type Figures, type Guarantee } from '../guarantee.ts';
import type { ServiceProcess } from '../service_process.ts';

/** One way of not firing: brings it about, and says what to ask and what the answer must be. */
type Way = {
  readonly name: string;
  readonly arrange: (scene: Scene) => Promise<object>;
  /** Stage, cause and the method or setting that mends it. */
  readonly verdict: string;
};

type Scene = {
  readonly stage: Stage;
  readonly service: ServiceProcess;
  readonly project: string;
  readonly account: string;
  readonly send: (more?: { secret?: string; time?: Date; sending?: Sending }) => Promise<Sending>;
  readonly connect: (status?: string) => Promise<string>;
  /** Takes one event as the engine and answers it. */
  readonly take: (kind: AcknowledgementKind, error?: string) => Promise<string>;
  readonly report: (sourceEventId: string, outcome: SourceEventOutcome) => Promise<unknown>;
};

const type = 'linear.issue.created';
const { ACK, NACK, EXTEND } = AcknowledgementKind;

const ways: readonly Way[] = [
  {
    name: 'nothing is connected',
    arrange: async () => ({ eventType: type }),
    verdict: 'RECEIVED NO_INTEGRATION ConnectProvider',
  },
  {
    name: 'the credential has ended',
    arrange: async ({ connect }) => {
      await connect('EXPIRED');
      return { eventType: type };
    },
    verdict: 'RECEIVED INTEGRATION_UNUSABLE ConnectProvider',
  },
  {
    name: 'it is signed with another secret',
    arrange: async ({ connect, send }) => {
      await connect();
      return { deliveryKey: (await send({ secret: 'not-the-secret' })).deliveryId };
    },
    verdict: 'REJECTED SIGNATURE_WRONG ConnectProvider',
  },
  {
    name: 'it was signed an hour ago',
    arrange: async ({ connect, send }) => {
      await connect();
      return { deliveryKey: (await send({ time: new Date(Date.now() - 3_600_000) })).deliveryId };
    },
    verdict: 'REJECTED TIMESTAMP_STALE',
  },
  {
    name: 'nobody has the account',
    arrange: async ({ send }) => ({ deliveryKey: (await send()).deliveryId }),
    verdict: 'UNMATCHED NO_INTEGRATION ConnectProvider',
  },
  {
    name: 'the integration is switched off',
    arrange: async ({ connect, send }) => {
      await connect('INACTIVE');
      return { deliveryKey: (await send()).deliveryId };
    },
    verdict: 'RECORDED INTEGRATION_UNUSABLE UpdateIntegration',
  },
  {
    name: 'it repeats another',
    arrange: async ({ connect, send }) => {
      await connect();
      const sending = await send();
      await send({ sending: { ...sending, deliveryId: `${sending.deliveryId}-again` } });
      return { deliveryKey: `${sending.deliveryId}-again` };
    },
    verdict: 'DUPLICATE DUPLICATE ReplayIntegrationEvents',
  },
  {
    name: 'nobody streams such events',
    arrange: async ({ connect, send }) => {
      await connect();
      return { deliveryKey: (await send()).deliveryId };
    },
    verdict: 'PUBLISHED NO_CONSUMER StreamSourceEvents',
  },
  {
    name: 'the engine has it and does not answer',
    arrange: async ({ connect, send, take }) => {
      await connect();
      const { deliveryId } = await send();
      await take(EXTEND);
      return { deliveryKey: deliveryId };
    },
    verdict: 'DELIVERED CONSUMER_BEHIND',
  },
  {
    name: 'the engine hands it back',
    arrange: async ({ connect, send, take }) => {
      await connect();
      const { deliveryId } = await send();
      await take(NACK, 'the queue is full');
      return { deliveryKey: deliveryId };
    },
    verdict: 'RETRYING CONSUMER_FAILED',
  },
  {
    name: 'no trigger matches',
    arrange: async ({ connect, send, take, report }) => {
      await connect();
      const { deliveryId } = await send();
      await report(await take(ACK), SourceEventOutcome.FILTERED);
      return { deliveryKey: deliveryId };
    },
    verdict: 'SUCCEEDED FILTERED GetIntegrationEvent',
  },
  {
    name: 'the engine gives it up',
    arrange: async ({ stage, project, connect, send, take }) => {
      await connect();
      const { deliveryId } = await send();
      await take(EXTEND);
      await stage.db.query(
        'update handovers set nacks = 6, state = $2, lease_end_time = null, next_time = now() where project = $1',
        [project, 'WAITING'],
      );
      await take(NACK, 'no such column');
      return { deliveryKey: deliveryId };
    },
    verdict: 'DEAD ATTEMPTS_EXHAUSTED ReviveSourceEvents',
  },
];

export const explain: Guarantee = {
  name: 'explain',
  shows: `for ${ways.length} ways of not firing, ExplainDelivery names the right stage and cure`,
  prove: ground => ground.stage({ processes: 1, withSandbox: true }, prove),
};

async function prove(stage: Stage): Promise<Figures> {
  const [service] = stage.processes;
  if (service === undefined) throw new Error('no process');
  let slowestMs = 0;
  for (const [i, { name, arrange, verdict }] of ways.entries()) {
    const scene = sceneOf(stage, service, i);
    const wanted = await arrange(scene);
    let answer = '';
    // A refusal's trace is written a moment after its answer.
    for (const until = performance.now() + 2_000; performance.now() < until && answer !== verdict; await delay(50)) {
      const startMs = performance.now();
      const explained = await service.rpc(EventService).explainDelivery({ project: scene.project, ...wanted });
      slowestMs = Math.max(slowestMs, performance.now() - startMs);
      answer = say(explained);
    }
    expectEqual(answer, verdict, name);
  }
  return { ways: ways.length, right: ways.length, slowest_answer_ms: Math.round(slowestMs) };
}

function say({ stoppedAt, cause, fix }: ExplainDeliveryResponse): string {
  const mends = fix === undefined ? '' : fix.setting || (fix.method.split('/')[1] ?? '');
  return `${DeliveryStage[stoppedAt]} ${DeliveryCause[cause]} ${mends}`.trim();
}

function sceneOf(stage: Stage, service: ServiceProcess, i: number): Scene {
  const project = `explain-${i}`;
  const account = crypto.randomUUID();
  const engine = service.internal(SourceEventService, 'trigger');
  return {
    stage,
    service,
    project,
    account,
    connect: status => addIntegration(stage.db, project, 'linear', account, null, status),
    send: async ({ secret, time, sending = happening(stage, 'linear', i) } = {}) => {
      const raw = JSON.stringify({
        action: 'create',
        type: 'Issue',
        organizationId: account,
        createdAt: new Date().toISOString(),
        data: sending.delivery.payload,
        webhookTimestamp: (time ?? new Date()).getTime(),
      });
      const composed = await compose(stage, { ...sending, delivery: { ...sending.delivery, raw } }, secret);
      await post(service, 'linear', composed);
      return sending;
    },
    take: async (kind, error = '') => {
      const request = { consumer: 'engine', projects: [project], leaseDuration: { seconds: 600n } };
      for await (const { ackToken, sourceEvent } of engine.streamSourceEvents(request)) {
        await engine.acknowledgeSourceEvents({ consumer: 'engine', acknowledgements: [{ ackToken, kind, error }] });
        return sourceEvent?.meta?.id ?? '';
      }
      throw new Error('the stream brought nothing');
    },
    report: (sourceEventId, outcome) => engine.reportOutcome({ project, sourceEventId, consumer: 'engine', outcome }),
  };
}
