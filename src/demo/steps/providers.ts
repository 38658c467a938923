import { ConnectionState } from '../../../gen/mobius/integrations/v1/catalog_pb.js';
import { CatalogService } from '../../../gen/mobius/integrations/v1/catalog_service_pb.js';
import { check, type Step } from '../step.ts';

export const providerStates: Step = {
  title: 'providers with their connection states',
  async show({ clients, project, sandbox }) {
    const { providers } = await clients.rpc(CatalogService).listProviders({ project });
    const states = new Map(providers.map(({ id, connectionState }) => [id, connectionState]));
    const absent = Object.keys(sandbox.seeds).filter(id => !states.has(id));
    check(absent.length === 0, `${absent.join(', ')} not listed`);
    check(states.get('table') === ConnectionState.BUILT_IN, 'table is not built in');
    for (const id of ['slack', 'github', 'linear', 'clay', 'google_sheets', 'jira']) {
      check(states.get(id) === ConnectionState.NEEDS_SETUP, `${id} is ${ConnectionState[states.get(id) ?? 0]}`);
    }
    return [...states].map(([id, state]) => `${id} ${ConnectionState[state]}`).join(', ');
  },
};
