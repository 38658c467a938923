import { drawnMarkSchema } from '../logos/marks.ts';
import type { Category } from '../providers/category.ts';
import { choice, text } from '../providers/kit/schema.ts';
import type { JsonSchema } from '../providers/provider.ts';
import { connectMethod, identity } from './schema_connect.ts';
import { eventType, sample, webhook } from './schema_events.ts';
import { action, reference } from './schema_items.ts';
import { closed, id, key, list, sentence, title } from './schema_parts.ts';

const categories = [
  'Code and DevOps',
  'Sales & CRM',
  'Issue Tracking',
  'Productivity',
  'Messaging',
  'Social Media',
  'Email',
  'Actions',
  'Web and Data',
  'Storage',
  'Environments',
  'Models and AI',
  'Other',
] as const satisfies readonly Category[];

/** What a manifest may say; `docs/provider-manifest.schema.json` is the same for editors. */
export const manifestSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A provider of Mobius integrations',
  description: 'One outside service, declared in a file of MOBIUS_PROVIDERS_DIR.',
  ...closed(
    [
      'id',
      'display_name',
      'description',
      'category',
      'docs_url',
      'endpoints',
      'credential_endpoints',
      'identity',
      'connect',
    ],
    {
      id,
      display_name: title('What people call it.'),
      description: sentence('One or two sentences for people.', 1_024),
      category: choice('The catalog’s shelf.', categories),
      docs_url: text('The vendor’s developer documentation.', 2_048, { pattern: '^https://[^\\s]+$' }),
      logo: {
        description:
          'A mark’s slug in Simple Icons that a provider here uses already, or a mark of your own. Default: a monogram.',
        anyOf: [text('A slug.', 64, { pattern: '^[a-z0-9]+$' }), drawnMarkSchema],
      },
      endpoints: {
        type: 'object',
        description:
          'Base URLs by name, without a slash at their end; the platform file may override each. The one called api is where paths of authorized requests go. `{name}` in a host is a setting of a way to connect.',
        minProperties: 1,
        maxProperties: 16,
        propertyNames: key('Name of the endpoint.'),
        additionalProperties: text('A base URL: https, or http on loopback.', 512, {
          pattern: '^https?://[^\\s?#]+[^/\\s?#]$',
        }),
      },
      credential_endpoints: list(
        'Names of the endpoints whose hosts may be sent the credential.',
        key('Name of the endpoint.'),
        16,
        1,
      ),
      identity,
      connect: list('Ways to connect, the preferred one first.', connectMethod, 4, 1),
      webhook,
      event_types: list('Event types that its deliveries hold.', eventType, 500),
      samples: list('Examples of its events, for people who write automations.', sample, 1_000),
      actions: list('Actions that an executor does with the credential.', action, 500),
      references: list('Values that people pick.', reference, 200),
    },
  ),
};
