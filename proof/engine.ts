import { setTimeout as delay } from 'node:timers/promises';
import { ConnectError } from '@connectrpc/connect';
import { AcknowledgementKind, AcknowledgementResult } from '../gen/mobius/integrations/internal/v1/source_event_pb.js';
import {
  SourceEventService,
  type StreamSourceEventsResponse,
} from '../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import type { ServiceProcess } from './service_process.ts';

/** A trigger engine: streams, takes each event into its store, acknowledges, and streams on when it is cut off. */
export type Engine = {
  /** Ends the streams; resolves when they have ended. */
  readonly stop: () => Promise<void>;
  readonly reconnects: () => number;
};

export function startEngine(
  processes: () => readonly ServiceProcess[],
  options: {
    readonly projects: readonly string[];
    readonly streams: number;
    readonly take: (event: StreamSourceEventsResponse) => Promise<void> | void;
  },
): Engine {
  const stopping = new AbortController();
  let reconnects = 0;
  const run = async (index: number): Promise<void> => {
    while (!stopping.signal.aborted) {
      const alive = processes().filter(process => process.isAlive);
      const process = alive[index % Math.max(1, alive.length)];
      if (process === undefined) {
        await delay(50);
        continue;
      }
      try {
        const client = process.internal(SourceEventService, 'trigger', index);
        const request = { consumer: 'engine', projects: [...options.projects] };
        let taken: string[] = [];
        let telling = Promise.resolve();
        // What it took while the last acknowledgement was under way goes into the next.
        const tell = async (): Promise<void> => {
          const tokens = taken;
          taken = [];
          if (tokens.length > 0) await acknowledge(process, index, tokens);
        };
        for await (const event of client.streamSourceEvents(request, { signal: stopping.signal })) {
          await options.take(event);
          taken.push(event.ackToken);
          if (taken.length === 1) telling = telling.then(tell);
          telling.catch(() => undefined);
        }
        await telling;
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error;
        if (stopping.signal.aborted) return;
        reconnects++;
        await delay(50);
      }
    }
  };
  const running = Promise.all(Array.from({ length: options.streams }, (_, i) => run(i)));
  running.catch(() => undefined);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
    reconnects: () => reconnects,
  };
}

/** Answers whether it counted. */
export async function acknowledge(
  process: ServiceProcess,
  connection: number,
  tokens: readonly string[],
): Promise<boolean> {
  const { results } = await process.internal(SourceEventService, 'trigger', connection).acknowledgeSourceEvents({
    consumer: 'engine',
    acknowledgements: tokens.map(ackToken => ({ ackToken, kind: AcknowledgementKind.ACK })),
  });
  return results.every(result => result === AcknowledgementResult.ACCEPTED);
}
