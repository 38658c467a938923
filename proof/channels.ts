import { AuthKind } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { ReferenceService } from '../gen/mobius/integrations/v1/reference_service_pb.js';
import type { Ground, Stage } from './ground.ts';
import type { Figures } from './guarantee.ts';
import type { ServiceProcess } from './service_process.ts';
import { type SlackWorkspace, startSlackWorkspace } from './slack_workspace.ts';

export const channelType = 'slack.channel';

/** A stage whose outside world is one workspace, on one clock that the proof sets. */
export type ChannelStage = Pick<Stage, 'processes' | 'db'> & {
  readonly slack: SlackWorkspace;
  /** Those that live now. */
  readonly alive: ServiceProcess[];
  /** Sets the clocks of all forward. */
  pass(ms: number): Promise<void>;
  /** kill -9 for all, and as many anew. */
  restart(): Promise<void>;
};

export async function onChannels(
  ground: Ground,
  options: { readonly processes: number; readonly channels: number },
  work: (stage: ChannelStage) => Promise<Figures>,
): Promise<Figures> {
  const names = Array.from({ length: options.channels }, (_, i) => `channel-${String(i).padStart(5, '0')}`);
  const slack = await startSlackWorkspace(names);
  let offsetMs = 0;
  slack.now = () => Date.now() + offsetMs;
  const environment = { MOBIUS_PLATFORM_FILE: slack.platformFile, MOBIUS_LOG_LEVEL: 'info' };
  try {
    return await ground.stage({ processes: options.processes, environment }, stage => {
      const alive = [...stage.processes];
      const pass = async (ms: number): Promise<void> => {
        offsetMs += ms;
        await Promise.all(alive.map(process => process.advance(ms)));
      };
      const restart = async (): Promise<void> => {
        const killed = alive.splice(0);
        await Promise.all(killed.map(process => process.kill()));
        alive.push(...(await Promise.all(killed.map(() => stage.start({ clockOffsetMs: offsetMs })))));
      };
      const { processes, db } = stage;
      return work({ processes, db, slack, alive, pass, restart });
    });
  } finally {
    await slack.close();
  }
}

export async function connectWorkspace(
  service: ServiceProcess,
  project: string,
  slack: SlackWorkspace,
): Promise<string> {
  const { integration } = await service.rpc(IntegrationService).connectProvider({
    ...{ project, provider: 'slack', authKind: AuthKind.BOT_TOKEN },
    credentials: { bot_token: slack.botToken },
  });
  return integration?.id ?? '';
}

export function lookup(service: ServiceProcess, project: string, more: object = {}) {
  return service.rpc(ReferenceService).lookupReferences({ project, referenceType: channelType, ...more });
}

/** Every reference that the pages of a lookup hold, in their order. */
export async function walk(service: ServiceProcess, project: string): Promise<string[]> {
  const values: string[] = [];
  let pageToken = '';
  do {
    const page = await lookup(service, project, { pageSize: 200, pageToken });
    values.push(...page.references.map(({ value }) => value));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return values;
}

/** Waits for what the service does by itself. */
export async function eventually<T>(read: () => Promise<T>, done: (value: T) => boolean, what: string): Promise<T> {
  const endMs = performance.now() + 60_000;
  for (;;) {
    const value = await read();
    if (done(value)) return value;
    if (performance.now() > endMs) throw new Error(`${what}: not within a minute`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
