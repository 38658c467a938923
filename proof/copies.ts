import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import type { ServiceProcess } from './service_process.ts';

export type Place = { readonly project: string; readonly id: string };

const concurrency = 16;

/** Copies an integration into the projects named, each sealed under its project's own key. */
export async function copyMany(
  processes: readonly ServiceProcess[],
  source: Place,
  count: number,
  projectOf: (n: number) => string,
): Promise<Place[]> {
  const made: Place[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      const process = processes[n % processes.length];
      if (process === undefined) throw new Error('no process');
      const project = projectOf(n);
      const request = { project, sourceProject: source.project, sourceIntegrationId: source.id, name: `copy ${n}` };
      const { integration } = await process.rpc(IntegrationService).copyIntegration(request);
      made.push({ project, id: integration?.id ?? '' });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return made;
}
