import { reveal, Secret } from '../../secret.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { secretOf } from '../kit/headers.ts';
import { isObject, optionalString, readArray, readObject } from '../kit/read.ts';
import type { Answer, Identity, InlineCredential, OpenCredential, ProviderCall, ProviderFailure } from '../provider.ts';

export const apiKey: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['api_key'],
    properties: {
      api_key: {
        type: 'string',
        title: 'API key',
        description: 'Secret key of a project; it must be allowed to list models.',
        minLength: 20,
        maxLength: 512,
        pattern: '^sk-[A-Za-z0-9_-]+$',
        writeOnly: true,
      },
      organization: {
        type: 'string',
        title: 'Organization',
        description: 'Organization id, for a key that belongs to several.',
        minLength: 1,
        maxLength: 128,
        pattern: '^[A-Za-z0-9_-]+$',
      },
      project: {
        type: 'string',
        title: 'Project',
        description: 'Project id, for a key that belongs to several.',
        minLength: 1,
        maxLength: 128,
        pattern: '^[A-Za-z0-9_-]+$',
      },
      webhook_secret: {
        type: 'string',
        title: 'Webhook signing secret',
        description: 'From the project’s webhook page; without it no events come in.',
        minLength: 24,
        maxLength: 256,
        pattern: '^whsec_[A-Za-z0-9+/_=-]+$',
        writeOnly: true,
      },
    },
  },
  headers,
  identify,
  /** A key that names no account is taken for one of the account before, whose keys named none either. */
  isSameAccount: (before, found) => before === found || (before.startsWith(UNNAMED) && found.startsWith(UNNAMED)),
};

/** Begins the account id of a key for which OpenAI names none. */
const UNNAMED = 'key:';

function headers(
  credential: OpenCredential,
  config: Readonly<Record<string, unknown>>,
): Readonly<Record<string, Secret>> {
  const organization = optionalString(config.organization);
  const project = optionalString(config.project);
  return {
    authorization: new Secret(`Bearer ${reveal(secretOf(credential, 'api_key'))}`),
    ...(organization === undefined ? {} : { 'openai-organization': new Secret(organization) }),
    ...(project === undefined ? {} : { 'openai-project': new Secret(project) }),
  };
}

/**
 * OpenAI names no account for a key: the project or organization it was given for stands in, then the organization of
 * the answer's header, then a fingerprint of the key, which changes when the key does.
 */
async function identify(call: ProviderCall): Promise<Identity> {
  const answer = await call.fetch(`${call.endpoints.api}/v1/models`);
  readArray(readObject(answer.body, 'models').data, 'data');
  const id =
    optionalString(call.config.project) ??
    optionalString(call.config.organization) ??
    optionalString(answer.headers.get('openai-organization')) ??
    `${UNNAMED}${fingerprint(secretOf(call.credential, 'api_key'))}`;
  return { account: { id, label: id } };
}

/** An exhausted quota comes as 429 too, but waiting does not help. */
export function failureOf(answer: Answer): ProviderFailure | undefined {
  if (answer.status !== 429 || !isObject(answer.body) || !isObject(answer.body.error)) return undefined;
  return answer.body.error.code === 'insufficient_quota' ? { kind: 'forbidden' } : undefined;
}
