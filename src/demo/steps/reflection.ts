import { ServerReflection } from '../../../gen/grpc/reflection/v1/reflection_pb.js';
import { check, type Step } from '../step.ts';

const publicServices = ['AuditService', 'CatalogService', 'EventService', 'IntegrationService', 'ReferenceService'];

export const reflection: Step = {
  title: 'reflection lists exactly the public services on rpc',
  async show({ clients }) {
    async function* question() {
      yield { messageRequest: { case: 'listServices', value: '' } } as const;
    }
    const names: string[] = [];
    for await (const { messageResponse } of clients.rpc(ServerReflection).serverReflectionInfo(question())) {
      check(messageResponse.case === 'listServicesResponse', `the answer is ${messageResponse.case}`);
      names.push(...messageResponse.value.service.map(({ name }) => name));
    }
    const wanted = publicServices.map(name => `mobius.integrations.v1.${name}`).join(' ');
    check(names.toSorted().join(' ') === wanted, `it lists ${names.join(', ')}`);
    return publicServices.join(', ');
  },
};
