import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  AcknowledgementKind,
  AcknowledgementResult,
  SourceEventOutcome,
} from '../gen/mobius/integrations/internal/v1/source_event_pb.js';
import { SourceEventService } from '../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import { DeliveryStage } from '../gen/mobius/integrations/v1/event_pb.js';
import { EventService } from '../gen/mobius/integrations/v1/event_service_pb.js';
import { decodeAckToken, encodeAckToken } from '../src/events/ack_token.ts';
import { answerHandOut, type HandoverNow, REDELIVERY_MS } from '../src/events/handover.ts';
import {
  addIntegration,
  answer,
  arrived,
  deliver,
  handoversOf,
  letPass,
  type OpenedStream,
  openStream,
  tokensOf,
  type Wanted,
} from './event_stage.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

const { ACK, NACK } = AcknowledgementKind;
const { ACCEPTED, TOKEN_UNKNOWN } = AcknowledgementResult;

let world: World;
let project: string;
let account: string;

let count = 0;
let opened: OpenedStream[] = [];

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  await Promise.all(opened.map(stream => stream.close()));
  opened = [];
  project = `a${++count}`;
  account = randomUUID();
  await addIntegration(world, project, account);
});

function stream(wanted: Partial<Wanted> = {}, of = world): OpenedStream {
  const one = openStream(of, { projects: [project], ...wanted });
  opened.push(one);
  return one;
}

async function send(n: number): Promise<void> {
  for (let i = 0; i < n; i++) expect((await deliver(world, account)).status).toBe(200);
}

async function receipt() {
  const { events } = await world.rpc(EventService).listIntegrationEvents({ project });
  return events[0];
}

describe('an acknowledgement', () => {
  test('takes the event off for good; said again it changes nothing', async () => {
    const one = stream();
    await send(1);
    await arrived(one, 1);
    expect(await answer(world, tokensOf(one))).toEqual([ACCEPTED]);
    expect(await answer(world, tokensOf(one))).toEqual([ACCEPTED]);
    expect(await answer(world, tokensOf(one), NACK)).toEqual([ACCEPTED]);
    expect((await handoversOf(world, project)).map(h => [h.state, h.nacks])).toEqual([['ACKNOWLEDGED', 0]]);
  });

  test('NACK hands it out again by the schedule, then it is DEAD, and the receipt shows both', async () => {
    const one = stream();
    await send(1);
    for (const [n, delayMs] of REDELIVERY_MS.entries()) {
      await arrived(one, n + 1);
      expect(await answer(world, tokensOf(one).slice(-1), NACK, { error: `failed ${n + 1}` })).toEqual([ACCEPTED]);
      const [row] = await handoversOf(world, project);
      expect(row.state).toBe('WAITING');
      expect(Math.abs(row.next_time.getTime() - world.clock.now().getTime() - delayMs)).toBeLessThan(1_000);
      expect(await receipt()).toMatchObject({
        stage: DeliveryStage.RETRYING,
        sourceEvent: { attempts: n + 1, lastError: `failed ${n + 1}` },
      });
      await letPass(world, project, delayMs);
    }
    await arrived(one, REDELIVERY_MS.length + 1);
    await answer(world, tokensOf(one).slice(-1), NACK, { error: 'failed for good' });
    expect(await receipt()).toMatchObject({
      stage: DeliveryStage.DEAD,
      sourceEvent: { stage: DeliveryStage.DEAD, attempts: 7, lastError: 'failed for good' },
    });
    await letPass(world, project, 86_400_000);
    await send(1);
    await arrived(one, REDELIVERY_MS.length + 2);
  });

  test('NACK may choose its own delay', async () => {
    const one = stream();
    await send(1);
    await arrived(one, 1);
    await answer(world, tokensOf(one), NACK, { delay: { seconds: 0n } });
    await arrived(one, 2);
    expect(one.received[1]?.attempt).toBe(2);
  });

  test('of a foreign consumer, a changed token or one never given is unknown and touches nothing', async () => {
    const one = stream();
    await send(1);
    await arrived(one, 1);
    const [token = ''] = tokensOf(one);
    const forged = forgeriesOf(token);
    const before = await handoversOf(world, project);
    expect(await answer(world, [token], ACK, { consumer: 'another' })).toEqual([TOKEN_UNKNOWN]);
    expect(await answer(world, [...forged, 'x', `${token}A`])).toEqual(Array(6).fill(TOKEN_UNKNOWN));
    expect(await handoversOf(world, project)).toEqual(before);
  });

  test('of another stream, attempt, project or event is unknown alone too, and keeps out none that it comes with', async () => {
    const one = stream();
    await send(1);
    await arrived(one, 1);
    const [token = ''] = tokensOf(one);
    const forged = forgeriesOf(token);
    const before = await handoversOf(world, project);
    for (const one of forged) expect(await answer(world, [one])).toEqual([TOKEN_UNKNOWN]);
    expect(await handoversOf(world, project)).toEqual(before);
    expect(await answer(world, [token, token, ...forged])).toEqual([
      ACCEPTED,
      ACCEPTED,
      ...forged.map(() => TOKEN_UNKNOWN),
    ]);
    expect((await handoversOf(world, project)).map(h => h.state)).toEqual(['ACKNOWLEDGED']);
  });

  test('is refused to a caller without the grant', async () => {
    const client = world.internal(SourceEventService, 'stranger');
    const acknowledgements = [{ ackToken: 'x', kind: ACK }];
    expect(await reasonOf(client.acknowledgeSourceEvents({ consumer: 'engine', acknowledgements }))).toBe(
      'PERMISSION_MISSING',
    );
  });

  test('tokens read back as they were made, and nothing else reads at all', () => {
    const handOut = fc.record({
      project: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/),
      sourceEventId: fc.stringMatching(/^sevt_[0-9A-Za-z_-]{1,64}$/),
      stream: fc.stringMatching(/^strm_[0-9a-z]{26}$/),
      attempt: fc.integer({ min: 1 }),
    });
    fc.assert(
      fc.property(handOut, one => {
        expect(decodeAckToken(encodeAckToken(one))).toEqual(one);
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), fc.json()), text => {
        const tokens = [text, Buffer.from(text).toString('base64url')];
        expect(tokens.map(decodeAckToken)).toEqual([undefined, undefined]);
      }),
    );
    fc.assert(
      fc.property(handOut, fc.nat(), fc.nat(255), (one, at, byte) => {
        const bytes = Buffer.from(encodeAckToken(one));
        bytes[at % bytes.length] = byte;
        const changed = decodeAckToken(bytes.toString('latin1'));
        return changed === undefined || encodeAckToken(changed) === bytes.toString('latin1');
      }),
    );
  });

  test('in any order and number leaves a handover that makes sense, and ACK is final', () => {
    const leased: HandoverNow = {
      state: 'LEASED',
      stream: 'a',
      attempts: 1,
      nacks: 0,
      leaseEndMs: 1_000,
      nextMs: null,
      lastError: null,
      processMs: null,
    };
    const answered = fc.record({
      kind: fc.constantFrom('ACK' as const, 'NACK' as const, 'EXTEND' as const),
      delayMs: fc.option(fc.nat(600_000), { nil: undefined }),
      error: fc.string({ unit: 'binary', maxLength: 2_000 }),
    });
    const who = fc.record({ stream: fc.constantFrom('a', 'b'), attempt: fc.integer({ min: 1, max: 2 }) });
    fc.assert(
      fc.property(fc.array(fc.tuple(answered, who)), fc.nat(10), (answers, nacks) => {
        let handover: HandoverNow = { ...leased, nacks };
        for (const [one, from] of answers) {
          const after = answerHandOut(handover, from, one, 500);
          if (after.result !== 'ACCEPTED') expect(after.handover).toBe(handover);
          if (handover.state === 'ACKNOWLEDGED') expect(after.handover.state).toBe('ACKNOWLEDGED');
          handover = after.handover;
          expect(handover.leaseEndMs !== null).toBe(handover.state === 'LEASED');
          expect(handover.nextMs !== null).toBe(handover.state === 'WAITING');
          expect(handover.nacks).toBeLessThanOrEqual(nacks + 1);
          expect((handover.lastError ?? '').length).toBeLessThanOrEqual(1024);
          expect(handover.lastError ?? '').not.toContain('\0');
        }
      }),
    );
  });
});

describe('an outcome', () => {
  const report = (sourceEventId: string, outcome: SourceEventOutcome, more: object = {}) =>
    world
      .internal(SourceEventService, 'trigger')
      .reportOutcome({ project, sourceEventId, consumer: 'engine', outcome, ...more });

  test('shows on the receipt; the last report counts', async () => {
    const one = stream();
    await send(1);
    await arrived(one, 1);
    const [id = ''] = one.ids();
    await answer(world, tokensOf(one));
    expect((await receipt())?.stage).toBe(DeliveryStage.DELIVERED);
    await report(id, SourceEventOutcome.RETRYING, { message: 'the run did not start' });
    expect(await receipt()).toMatchObject({
      stage: DeliveryStage.RETRYING,
      sourceEvent: { lastError: 'the run did not start', runIds: [] },
    });
    await report(id, SourceEventOutcome.FAILED, { message: 'xoxb-1234567890-abcdefghij leaked\0' });
    expect((await receipt())?.stage).toBe(DeliveryStage.FAILED);
    expect((await receipt())?.sourceEvent?.lastError).not.toContain('xoxb-');
    await report(id, SourceEventOutcome.SUCCEEDED, { runIds: ['run_1', 'run_2'] });
    const done = await receipt();
    expect(done).toMatchObject({
      stage: DeliveryStage.SUCCEEDED,
      sourceEvent: { id, stage: DeliveryStage.SUCCEEDED, lastError: '', runIds: ['run_1', 'run_2'] },
    });
    expect(done?.sourceEvent?.processTime).toBeDefined();
    await report(id, SourceEventOutcome.FILTERED);
    expect(await receipt()).toMatchObject({ stage: DeliveryStage.SUCCEEDED, sourceEvent: { runIds: [] } });
    const { events } = await world.rpc(EventService).listIntegrationEvents({ project, stage: DeliveryStage.SUCCEEDED });
    expect(events).toHaveLength(1);
  });

  test('of an event the project has not, or the consumer never got, is SOURCE_EVENT_NOT_FOUND', async () => {
    const one = stream();
    await send(1);
    await arrived(one, 1);
    const [id = ''] = one.ids();
    const { SUCCEEDED } = SourceEventOutcome;
    expect(await reasonOf(report('sevt_00000000000000000000000000', SUCCEEDED))).toBe('SOURCE_EVENT_NOT_FOUND');
    expect(await reasonOf(report(id, SUCCEEDED, { consumer: 'another' }))).toBe('SOURCE_EVENT_NOT_FOUND');
    expect(await reasonOf(report(id, SUCCEEDED, { project: 'elsewhere' }))).toBe('SOURCE_EVENT_NOT_FOUND');
  });
});

/** Of another stream, attempt, project and event than the token is of. */
function forgeriesOf(token: string): readonly string[] {
  const handOut = decodeAckToken(token)!;
  return [
    { ...handOut, stream: `strm_${'0'.repeat(26)}` },
    { ...handOut, attempt: 2 },
    { ...handOut, project: 'elsewhere' },
    { ...handOut, sourceEventId: 'sevt_00000000000000000000000000' },
  ].map(encodeAckToken);
}
