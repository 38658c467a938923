import type { JsonSchema } from '../provider.ts';

/** Forms that people and operators fill in: closed, bounded, secrets marked. */

type Bounds = { readonly min?: number; readonly max?: number; readonly pattern?: string };

/** A field that is sealed and never shown. */
export function secretField(title: string, description: string, bounds: Bounds = {}): JsonSchema {
  return { ...settingField(title, description, { max: 512, ...bounds }), writeOnly: true };
}

export function settingField(
  title: string,
  description: string,
  { min = 1, max = 256, pattern }: Bounds = {},
): JsonSchema {
  return {
    type: 'string',
    title,
    description,
    minLength: min,
    maxLength: max,
    ...(pattern !== undefined && { pattern }),
  };
}

export function form(required: readonly string[], properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', additionalProperties: false, required, properties };
}

/** What an operator registers for OAuth, and what else the app has at that vendor. */
export function oauthApp(
  noun: string,
  more: Readonly<Record<string, JsonSchema>> = {},
  required: readonly string[] = [],
): JsonSchema {
  return form(['client_id', 'client_secret', ...required], {
    client_id: settingField('Client ID', `Client ID of the ${noun}`),
    client_secret: secretField('Client secret', `Client secret of the ${noun}`),
    ...more,
  });
}
