import { fileURLToPath } from 'node:url';
import { type Child, startChild } from './child.ts';
import type { Ground } from './ground.ts';
import type { GrpcJob, GrpcResult } from './grpc_load.ts';

const echoFile = fileURLToPath(new URL('echo_server.ts', import.meta.url));
const loadFile = fileURLToPath(new URL('grpc_load.ts', import.meta.url));

/** The files by which the executor and the service know each other. */
export function mutualTls({ development: { certificates } }: Ground) {
  return { ca: certificates.ca, ...certificates.clients.executor };
}

/** The bare server that answers these bytes; over mutual TLS or h2c. */
export async function startEcho(
  ground: Ground,
  options: { readonly path: string; readonly answerFile: string; readonly isSecure: boolean },
): Promise<Child & { readonly url: string }> {
  const { ca, server } = ground.development.certificates;
  const child = startChild(echoFile, {
    core: ground.cores.server,
    environment: {
      ECHO_PATH: options.path,
      ECHO_ANSWER_FILE: options.answerFile,
      ...(options.isSecure && { ECHO_TLS_CA: ca, ECHO_TLS_CERT: server.cert, ECHO_TLS_KEY: server.key }),
    },
  });
  ground.onEnd(child.stop);
  const { port } = (await child.said) as { port: number };
  return { ...child, url: `${options.isSecure ? 'https' : 'http'}://127.0.0.1:${port}` };
}

export type Load = (job: GrpcJob, mayShed?: boolean) => Promise<GrpcResult>;

/** A process that loads, on the other core. Throws where a call did not end with OK, or was not shed where it may be. */
export async function startLoad(ground: Ground): Promise<{ readonly run: Load } & Pick<Child, 'cpuMs' | 'stop'>> {
  const child = startChild(loadFile, { core: ground.cores.other });
  ground.onEnd(child.stop);
  await child.said;
  return {
    cpuMs: child.cpuMs,
    stop: child.stop,
    run: async (job, mayShed = false) => {
      const result = (await child.ask(job)) as GrpcResult;
      const { '0': ok = 0, '8': shed = 0, ...others } = result.statuses;
      if (ok + (mayShed ? shed : 0) !== result.calls)
        throw new Error(`${job.path}: calls failed: ${JSON.stringify({ shed, ...others })}`);
      return result;
    },
  };
}

export const perSecond = ({ calls, durationMs }: GrpcResult): number => (calls * 1000) / durationMs;
