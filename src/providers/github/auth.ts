import { reveal, Secret } from '../../secret.ts';
import { ProviderError } from '../kit/error.ts';
import { bearer } from '../kit/headers.ts';
import { metaOf, momentOf } from '../kit/meta.ts';
import { isObject, optionalString, readArray, readId, readObject, readString } from '../kit/read.ts';
import { signRs256 } from '../kit/rs256.ts';
import { text } from '../kit/schema.ts';
import type { AppInstall, Identity, InlineCredential, MintedToken, ProviderCall } from '../provider.ts';
import { VERSION_HEADERS } from './api.ts';
import { ofInstallation, ofToken } from './permissions.ts';

/** Longest life GitHub allows the App's JWT is ten minutes; its clock may be behind ours. */
const JWT_LIFE_MS = 9 * 60_000;
const CLOCK_LEEWAY_MS = 60_000;
/** Of 100 each. */
const MAX_INSTALLATION_PAGES = 20;

/**
 * The App, installed by the customer. Account ids are installation ids, as deliveries name them.
 *
 * OAuth alone is no way to connect here: a person's grant to this App reads only what it is installed on, and an OAuth app,
 * which would be another registration, has all of the person's repositories for a token without an end.
 */
export const app: AppInstall = {
  mode: 'APP_INSTALL',
  authKind: 'APP_INSTALLATION',
  installUrl: (endpoints, { fields }) =>
    `${endpoints.web}/apps/${encodeURIComponent(fields.slug ?? '')}/installations/new`,
  readCallback: query => {
    const id = query.get('installation_id') ?? '';
    return /^[1-9]\d{0,18}$/.test(id) ? { installation_id: id } : undefined;
  },
  headers: bearer('access_token'),
  identify: identifyInstallation,
  mint,
  // "Request user authorization (OAuth) during installation" in the App's settings makes the setup redirect bring a code.
  consent: {
    authorizeUrl: endpoints => `${endpoints.web}/login/oauth/authorize`,
    tokenUrl: endpoints => `${endpoints.web}/login/oauth/access_token`,
    pkce: false,
    client: 'body',
    refresh: 'ROTATING',
  },
  confirm: confirmInstallation,
  /** Ends the token in use. The App stays installed: other projects may work through the same installation. */
  revoke: async call => {
    await call.fetch(`${call.endpoints.api}/installation/token`, { method: 'DELETE', headers: VERSION_HEADERS });
  },
};

/** A personal token, classic or fine-grained. Account ids begin with `account:`, never to be mistaken for an installation's. */
export const personalToken: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['api_key'],
    properties: {
      api_key: text('Personal access token: fine-grained (github_pat_…) or classic (ghp_…).', 255, {
        title: 'Personal access token',
        pattern: '^(ghp_|github_pat_)[A-Za-z0-9_-]{20,245}$',
        writeOnly: true,
      }),
      repositories: {
        type: 'array',
        title: 'Repositories with events',
        description:
          'As owner/name: webhooks are made in these, and none in any where the list is empty. Without it: in those the token’s owner administers, the last pushed first.',
        items: { type: 'string', maxLength: 201, pattern: '^[^/]+/[^/]+$' },
        maxItems: 100,
      },
      webhook_secret: text(
        'Secret of the repository or organization webhooks that send here; with one, none are made.',
        255,
        {
          title: 'Webhook secret',
          writeOnly: true,
        },
      ),
    },
  },
  headers: bearer('api_key'),
  identify: async call => {
    const answer = await call.fetch(`${call.endpoints.api}/user`, { headers: VERSION_HEADERS });
    const user = readObject(answer.body, 'user');
    const granted = ofToken(answer.headers);
    return {
      account: account(`account:${readId(user.id, 'user.id')}`, user),
      ...(granted !== undefined && { grantedScopes: granted }),
    };
  },
};

async function identifyInstallation(call: ProviderCall): Promise<Identity> {
  const answer = await asApp(call, 'GET', '');
  const installation = readObject(answer.body, 'installation');
  if (optionalString(installation.suspended_at) !== undefined) {
    throw new ProviderError({ kind: 'refused' }, new Error('installation is suspended'));
  }
  const owner = readObject(installation.account, 'installation.account');
  return {
    account: account(readId(installation.id, 'installation.id'), owner),
    grantedScopes: ofInstallation(installation.permissions),
    config: metaOf({
      installation_id: readId(installation.id, 'installation.id'),
      owner_id: owner.id,
      repository_selection: installation.repository_selection,
    }),
  };
}

/** Throws where the person's own installations do not hold the one that the callback named. */
async function confirmInstallation(call: ProviderCall): Promise<void> {
  const wanted = String(call.config.installation_id);
  for (let page = 1; page <= MAX_INSTALLATION_PAGES; page++) {
    const answer = await call.fetch(`${call.endpoints.api}/user/installations`, {
      query: { per_page: 100, page },
      headers: VERSION_HEADERS,
    });
    const found = readArray(readObject(answer.body, 'answer').installations, 'installations');
    if (found.some(i => isObject(i) && String(i.id) === wanted)) return;
    if (found.length < 100) break;
  }
  throw new ProviderError({ kind: 'refused' }, new Error('the installation is not one of the person'));
}

async function mint(call: ProviderCall): Promise<MintedToken> {
  const answer = await asApp(call, 'POST', '/access_tokens', 'rejected');
  const body = readObject(answer.body, 'access token');
  const expireTime = momentOf(body.expires_at);
  if (expireTime === undefined)
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('expires_at is not a time'));
  return {
    accessToken: new Secret(readString(body.token, 'token')),
    expireTime,
    ...(isObject(body.permissions) && { grantedScopes: ofInstallation(body.permissions) }),
  };
}

/**
 * A call with the App's JWT. An installation GitHub does not know was removed by the customer; a JWT it does not accept
 * is our App's trouble, which minting must not lay to the customer's charge.
 */
async function asApp(
  call: ProviderCall,
  method: 'GET' | 'POST',
  path: string,
  jwtRefused: 'refused' | 'rejected' = 'refused',
) {
  const headers = { ...VERSION_HEADERS, authorization: await appAuthorization(call) };
  const id = String(call.config.installation_id ?? '');
  if (!/^\d{1,19}$/.test(id)) throw new ProviderError({ kind: 'refused' }, new Error('no installation id'));
  try {
    return await call.fetch(`${call.endpoints.api}/app/installations/${id}${path}`, { method, headers });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { kind } = error.failure;
    if (kind === 'not_found') throw new ProviderError({ kind: 'refused' }, error);
    throw kind === 'refused' ? new ProviderError({ kind: jwtRefused }, error) : error;
  }
}

async function appAuthorization(call: ProviderCall): Promise<Secret> {
  const [privateKey] = call.app?.secrets.private_key ?? [];
  const appId = call.app?.fields.app_id;
  if (privateKey === undefined || appId === undefined) {
    throw new ProviderError({ kind: 'rejected' }, new Error('the App is not set up'));
  }
  const now = call.now().getTime();
  const validity = { issued: new Date(now - CLOCK_LEEWAY_MS), expires: new Date(now + JWT_LIFE_MS) };
  const jwt = await signRs256(privateKey, { iss: appId }, validity).catch((error: unknown) => {
    throw error instanceof ProviderError ? new ProviderError({ kind: 'rejected' }, error) : error;
  });
  return new Secret(`Bearer ${reveal(jwt)}`);
}

function account(id: string, owner: Readonly<Record<string, unknown>>) {
  const url = optionalString(owner.html_url);
  return { id, label: readString(owner.login, 'login'), ...(url !== undefined && { url }) };
}
