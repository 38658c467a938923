import { ProviderError } from '../kit/error.ts';
import { form, secretField } from '../kit/form.ts';
import { secretOf } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { isObject, optionalString, readString } from '../kit/read.ts';
import type { Identity, InlineCredential, ProviderCall } from '../provider.ts';

export const keys: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['site', 'api_key', 'application_key'], {
    site: {
      type: 'string',
      title: 'Site',
      description: 'The domain of the address that you use Datadog at.',
      enum: [
        'datadoghq.com',
        'us3.datadoghq.com',
        'us5.datadoghq.com',
        'datadoghq.eu',
        'ap1.datadoghq.com',
        'ap2.datadoghq.com',
        'ddog-gov.com',
      ],
    },
    api_key: secretField('API key', 'From Organization Settings, API Keys.', { min: 16, max: 128 }),
    application_key: secretField('Application key', 'From Organization Settings, Application Keys.', {
      min: 16,
      max: 128,
    }),
    webhook_secret: secretField(
      'Webhook secret',
      'What a webhook made by hand sends in header X-Mobius-Secret. Left out, the service makes a webhook.',
      { min: 32, max: 256 },
    ),
  }),
  headers: credential => ({
    'dd-api-key': secretOf(credential, 'api_key'),
    'dd-application-key': secretOf(credential, 'application_key'),
  }),
  // Whose key it is, is asked for with both keys. A key that is none is told by 403, as is one that may not.
  identify: async call => {
    try {
      await call.fetch(`${call.endpoints.api}/api/v1/validate`);
      return await organizationOf(call);
    } catch (error) {
      const isForbidden = error instanceof ProviderError && error.failure.kind === 'forbidden';
      throw isForbidden ? new ProviderError({ kind: 'refused' }, error) : error;
    }
  },
};

async function organizationOf(call: ProviderCall): Promise<Identity> {
  const { body } = await call.fetch(`${call.endpoints.api}/api/v2/current_user`);
  const id = readString(at(body, 'data', 'relationships', 'org', 'data', 'id'), 'org.id');
  const included = at(body, 'included');
  const organizations = Array.isArray(included) ? included.filter(isObject) : [];
  const found = organizations.find(each => each.type === 'orgs' && each.id === id);
  return { account: { id, label: optionalString(at(found, 'attributes', 'name')) ?? id } };
}
