import type { Answers, OAuthAnswers } from '../answers.ts';
import { type Endpoints, endpointsOf, urlOver } from '../endpoints.ts';
import { literal, steps, when, withImports } from '../text.ts';

/** `auth.ts`: the ways to connect, and who the account is. */
export function authFile(answers: Answers): string {
  const { oauth, key, basic, webhook } = answers;
  const signing = when(
    webhook?.secret === 'INTEGRATION',
    'webhook_secret: secretField("Webhook signing secret", "Of the webhook made by hand.", { min: 16 }),',
  );
  const body = [
    oauth === undefined ? '' : oauthMethod(oauth, endpointsOf(answers)),
    key === undefined ? '' : keyMethod(key, signing),
    basic === undefined ? '' : basicMethod(basic, key === undefined ? signing : ''),
    identify(answers),
  ].join('\n');
  return withImports(body, {
    '../../secret.ts': ['Secret', 'reveal'],
    '../kit/config_basic.ts': ['configBasic'],
    '../kit/form.ts': ['form', 'secretField', 'settingField'],
    '../kit/headers.ts': ['bearer', 'header', 'secretOf'],
    '../kit/meta.ts': ['at'],
    '../kit/read.ts': ['optionalString', 'readId'],
    '../kit/revocation.ts': ['revokeGrant'],
    '../provider.ts': ['type Identity', 'type InlineCredential', 'type OAuthRedirect', 'type ProviderCall'],
  });
}

function oauthMethod(oauth: OAuthAnswers, endpoints: Endpoints): string {
  const { client, revokeUrl } = oauth;
  const revoke = `revoke: revokeGrant({ url: endpoints => ${urlOver(revokeUrl, endpoints)}, client: ${literal(client)} }),`;
  return `
export const oauth: OAuthRedirect = {
  mode: "OAUTH_REDIRECT",
  authKind: "OAUTH2",
  authorizeUrl: endpoints => ${urlOver(oauth.authorizeUrl, endpoints)},
  tokenUrl: endpoints => ${urlOver(oauth.tokenUrl, endpoints)},
  scopes: { default: ${literal(oauth.scopes)}, separator: ${literal(oauth.separator)} },
  pkce: ${oauth.pkce},
  client: ${literal(client)},
  refresh: ${literal(oauth.refresh)},
  headers: bearer("access_token"),
  identify,
  ${when(revokeUrl !== '', revoke)}
};
`;
}

function keyMethod({ header, prefix, hint }: NonNullable<Answers['key']>, signing: string): string {
  return `
export const apiKey: InlineCredential = {
  mode: "API_KEY",
  authKind: "API_KEY",
  schema: form(["api_key"], { api_key: secretField("API key", ${literal(hint)}, { min: 16 }), ${signing} }),
  headers: ${keyHeaders(header.toLowerCase(), prefix)},
  identify,
};
`;
}

function keyHeaders(name: string, prefix: string): string {
  if (prefix === '') return `header(${literal(name)}, "api_key")`;
  if (name === 'authorization' && prefix === 'Bearer') return 'bearer("api_key")';
  return `credential => ({ ${literal(name)}: new Secret(\`${prefix} \${reveal(secretOf(credential, "api_key"))}\`) })`;
}

function basicMethod({ user, password }: NonNullable<Answers['basic']>, signing: string): string {
  return `
export const basicAuth: InlineCredential = {
  mode: "API_KEY",
  authKind: "BASIC",
  schema: form(["username", "password"], {
    username: settingField(${literal(user)}, ${literal(`${user} of the account.`)}),
    password: secretField(${literal(password)}, ${literal(`${password} of the account.`)}),
    ${signing}
  }),
  headers: configBasic("username", "password"),
  identify,
};
`;
}

function identify({ identity: { path, id, label } }: Answers): string {
  return `
async function identify(call: ProviderCall): Promise<Identity> {
  const { body } = await call.fetch(\`\${call.endpoints.api}${path}\`);
  const id = readId(at(body, ${steps(id)}), ${literal(id)});
  return { account: { id, label: optionalString(at(body, ${steps(label)})) ?? id } };
}
`;
}
