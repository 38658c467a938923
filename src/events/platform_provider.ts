import { choice, field, output } from '../providers/kit/schema.ts';
import type { EventSample, EventType, Provider } from '../providers/provider.ts';

/** What the service itself tells automations: see platform_event.ts. */
export const REFERENCE_BROKEN = 'integration.reference.broken';

const eventTypes: readonly EventType[] = [
  {
    name: REFERENCE_BROKEN,
    description:
      'A value that an automation holds, such as a channel, was archived or deleted, or access to it was lost. Told once, ' +
      'within a day, of values resolved in the last 30 days.',
    schemaVersion: 1,
    runtimeState: 'ACTIVE',
    triggerable: true,
    waitable: true,
    scopes: [],
    payloadSchema: output(['reference_type', 'value', 'label', 'state', 'depends_on'], {
      reference_type: field('string', 'Name of the reference type'),
      value: field('string', 'What the automation stored'),
      label: field('string', 'What people called it last'),
      state: choice('What became of it', ['ARCHIVED', 'NO_ACCESS', 'NOT_FOUND']),
      depends_on: field('object', 'The values it depends on, by key'),
    }),
  },
];

const samples: readonly EventSample[] = [
  {
    eventType: REFERENCE_BROKEN,
    variant: 'archived',
    name: 'Reference archived',
    description: 'Something that an automation writes to was archived.',
    payload: {
      reference_type: 'chat.channel',
      value: 'C0SAMPLE',
      label: '#orders',
      state: 'ARCHIVED',
      depends_on: {},
    },
    meta: { reference_type: 'chat.channel', state: 'ARCHIVED' },
  },
];

/** The platform's part in the catalog: built in, with events of its own and nothing to connect. */
export const platformProvider: Provider = {
  id: 'integration',
  displayName: 'Integrations',
  description: 'The project’s integrations themselves: react when something that automations use breaks.',
  category: 'Actions',
  docsUrl: 'https://mobiusops.ai',
  logo: 'monogram',
  endpoints: {},
  credentialEndpoints: [],
  connect: [],
  builtIn: true,
  eventTypes,
  samples,
  actions: [],
  references: [],
};
