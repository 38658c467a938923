import { randomUUID } from 'node:crypto';
import { Code, ConnectError } from '@connectrpc/connect';
import { expect } from 'vitest';
import { ErrorInfoSchema } from '../gen/google/rpc/error_details_pb.js';
import { AcknowledgementKind } from '../gen/mobius/integrations/internal/v1/source_event_pb.js';
import {
  SourceEventService,
  type StreamSourceEventsResponse,
} from '../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import type { World } from './world.ts';

/** Puts an integration into the store as connecting one would, of an account of the test's own. */
export async function addIntegration(
  world: Pick<World, 'db'>,
  project: string,
  account: string,
  more: { provider?: string; status?: string; name?: string } = {},
): Promise<string> {
  const id = `intg_${randomUUID().replaceAll('-', '')}`;
  await world.db.query(
    `insert into integrations (project, id, provider, name, is_default, status, account_id, account_label, auth_kind,
       config, requested_scopes, tags, created_by, create_time, update_time, revision, generation)
     values ($1, $2, $3, $4, false, $5, $6, $6, 'API_KEY', '{}', '{}', '{}', 'test', now(), now(), 1, 1)`,
    [project, id, more.provider ?? 'linear', more.name ?? id, more.status ?? 'ACTIVE', account],
  );
  return id;
}

/** A Linear webhook's body; `happening` gives it an object and version, so that it has a semantic key. */
export function linearBody(world: World, account: string, happening?: string, more: object = {}): string {
  return JSON.stringify({
    action: 'create',
    type: 'Issue',
    createdAt: world.clock.now().toISOString(),
    organizationId: account,
    data: {
      title: 'An issue',
      ...(happening !== undefined && { id: happening, updatedAt: '2026-01-01T00:00:00.000Z' }),
    },
    webhookTimestamp: world.clock.now().getTime(),
    ...more,
  });
}

export type Sent = { deliveryId?: string; happening?: string; more?: object; endpoint?: string; secret?: string };

/** Sends a genuine delivery of the account to the edge. */
export function deliver(world: World, account: string, sent: Sent = {}) {
  const { happening, more, ...rest } = sent;
  return world.sandbox.deliver('linear', {
    event: 'Issue.create',
    raw: linearBody(world, account, happening, more),
    ...rest,
  });
}

export type OpenedStream = {
  readonly received: readonly StreamSourceEventsResponse[];
  readonly ids: () => readonly string[];
  /** How it ended: OK, a reason, or a code's name. */
  readonly ended: Promise<string>;
  readonly close: () => Promise<string>;
};

export type Wanted = {
  projects: string[];
  consumer?: string;
  patterns?: string[];
  maxInFlight?: number;
  leaseDuration?: { seconds: bigint };
  startTime?: { seconds: bigint; nanos: number };
  ordered?: boolean;
};

/** Opens a stream as the trigger engine does and gathers what it brings. */
export function openStream(world: World, wanted: Wanted): OpenedStream {
  const abort = new AbortController();
  const received: StreamSourceEventsResponse[] = [];
  const gather = async (): Promise<string> => {
    const client = world.internal(SourceEventService, 'trigger');
    try {
      const stream = client.streamSourceEvents({ consumer: 'engine', ...wanted }, { signal: abort.signal });
      for await (const event of stream) received.push(event);
      return 'OK';
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      return error.findDetails(ErrorInfoSchema)[0]?.reason ?? Code[error.code] ?? '';
    }
  };
  const ended = gather();
  return {
    received,
    ids: () => received.map(event => event.sourceEvent?.meta?.id ?? ''),
    ended,
    close: () => {
      abort.abort();
      return ended;
    },
  };
}

export const tokensOf = (one: OpenedStream): string[] => one.received.map(event => event.ackToken);

/** Says the same to each hand-out. */
export async function answer(
  world: World,
  tokens: readonly string[],
  kind = AcknowledgementKind.ACK,
  more: { delay?: { seconds: bigint }; error?: string; consumer?: string } = {},
) {
  const { consumer = 'engine', ...rest } = more;
  const acknowledgements = tokens.map(ackToken => ({ ackToken, kind, ...rest }));
  return (await world.internal(SourceEventService, 'trigger').acknowledgeSourceEvents({ consumer, acknowledgements }))
    .results;
}

/** Waits until the stream has brought that many. */
export const arrived = (one: OpenedStream, n: number) =>
  expect.poll(() => one.received.length, { timeout: 5_000 }).toBe(n);

export async function handoversOf(world: World, project: string) {
  const { rows } = await world.db.query('select * from handovers where project = $1 order by source_event_id', [
    project,
  ]);
  return rows;
}

/** Lets leases and delays of the project's hand-outs pass: they go by the store's clock. */
export async function letPass(world: Pick<World, 'db'>, project: string, ms: number): Promise<void> {
  await world.db.query(
    `update handovers set lease_end_time = lease_end_time - $2 * interval '1 millisecond',
       next_time = next_time - $2 * interval '1 millisecond' where project = $1`,
    [project, ms],
  );
}
