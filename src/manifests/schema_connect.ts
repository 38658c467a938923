import { choice, text } from '../providers/kit/schema.ts';
import type { JsonSchema } from '../providers/provider.ts';
import {
  address,
  closed,
  endpointName,
  field,
  headerName,
  key,
  list,
  parameters,
  path,
  pointer,
} from './schema_parts.ts';

export const identity: JsonSchema = {
  ...closed(['path', 'id'], {
    endpoint: endpointName,
    path: path('Path below the endpoint.'),
    method: choice('Default: GET.', ['GET', 'POST']),
    query: parameters('Query parameters.'),
    id: pointer('Where the answer has the account’s id, which never changes; deliveries are attributed by it.'),
    label: pointer('Where it has the account’s name. Default: the id.'),
    url: pointer('Where it has the account’s page.'),
  }),
  description: 'The call that says whose a credential is: the proof that it works.',
};

/** What the standard itself sends, and we. */
const STANDARD = [
  'client_id',
  'client_secret',
  'code',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'grant_type',
  'redirect_uri',
  'refresh_token',
  'response_type',
  'scope',
  'state',
];

const moreParameters = (description: string): JsonSchema => {
  const all = parameters(description);
  return { ...all, propertyNames: { ...(all.propertyNames as object), not: { enum: STANDARD } } };
};

const scopeList = (description: string): JsonSchema => list(description, text('A scope.', 256), 100);

const oauth: JsonSchema = {
  ...closed(['kind', 'authorize', 'token', 'client', 'refresh'], {
    kind: { const: 'oauth2', description: 'OAuth 2 authorization code by redirect.' },
    authorize: address('Where the browser is sent.'),
    token: address('Where codes and refresh tokens are traded.'),
    revoke: address('Where tokens are revoked by RFC 7009. Left out: the vendor has no such call.'),
    client: choice('How the client authenticates at the token endpoint.', ['basic', 'body']),
    pkce: { type: 'boolean', description: 'Whether the vendor takes a PKCE S256 challenge. Default: true.' },
    scopes: {
      ...closed([], {
        default: scopeList('Asked for where the caller names none.'),
        optional: scopeList('May be asked for too.'),
        separator: choice('What stands between scopes. Default: space.', ['space', 'comma']),
      }),
      description: 'Scopes that people can be asked for.',
    },
    authorize_params: moreParameters('Sent with the authorize request beside the standard’s parameters.'),
    token_params: moreParameters('Sent with the code beside the standard’s parameters.'),
    refresh: choice('rotating: a refresh token is good once; reusable: until revoked; none: the vendor gives none.', [
      'rotating',
      'reusable',
      'none',
    ]),
    settings: list('What must be known before the browser leaves, such as a shop; nothing secret.', field, 8, 1),
  }),
  description: 'People consent at the vendor. Needs an app in the platform file: client_id and client_secret.',
};

const keyed: JsonSchema = {
  ...closed(['kind', 'fields'], {
    kind: choice('What the credential is: an API key, a bot’s token, or a user name and password.', [
      'api_key',
      'bot_token',
      'basic',
    ]),
    fields: list('The form.', field, 16, 1),
    headers: list(
      'Headers that carry what was typed. A field that was left out has no header.',
      closed(['name', 'field'], {
        name: headerName('Name of the header, such as Authorization.'),
        prefix: text('What stands before the value, with its blank: `Bearer `. Plain ASCII.', 64, {
          pattern: '^[ -~]*$',
        }),
        field: key('Name of a field.'),
      }),
      8,
      1,
    ),
    basic: {
      ...closed(['user'], {
        user: key('Name of the field that is the user.'),
        password: key('Name of the field that is the password. Left out: it is empty.'),
      }),
      description: 'Sends `Authorization: Basic` of these fields.',
    },
  }),
  description: 'The caller brings a key.',
  anyOf: [{ required: ['headers'] }, { required: ['basic'] }],
};

export const connectMethod: JsonSchema = {
  description: 'A way to connect. At most one of a kind.',
  type: 'object',
  required: ['kind'],
  discriminator: { propertyName: 'kind' },
  oneOf: [oauth, keyed],
};
