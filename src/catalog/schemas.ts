import type { JsonSchema, ReferenceType } from '../providers/provider.ts';

const text = (description: string): JsonSchema => ({ type: 'string', description });
const time = (description: string): JsonSchema => ({ type: 'string', format: 'date-time', description });

/** The `meta` of every source event that comes from an integration; what a provider adds are texts too. */
export const metaSchema: JsonSchema = {
  type: 'object',
  required: ['id', 'event_type', 'source_kind', 'source_id', 'provider', 'integration_id', 'received_at'],
  properties: {
    id: text('Id of the source event'),
    event_type: text('Name of the event type'),
    source_kind: { const: 'integration' },
    source_id: text('Id of the integration event it was made from'),
    provider: text('Id of the provider'),
    integration_id: text('Id of the integration it came through'),
    occurred_at: time('When it happened, where the provider says so'),
    received_at: time('When it arrived'),
  },
  additionalProperties: { type: 'string' },
};

/** Of `depends_on` in a lookup of the type. */
export function dependsOnSchema(type: ReferenceType): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    required: type.dependsOn.filter(d => d.required).map(d => d.key),
    properties: Object.fromEntries(
      type.dependsOn.map(d => [d.key, { type: 'string', minLength: 1, maxLength: 512, description: `A ${d.type}` }]),
    ),
  };
}
