import type { SandboxContext } from './context.ts';
import { type Emulation, emulation, parseObject, readParams } from './http.ts';
import { answerLinear } from './linear-hooks.ts';
import { startOrganization } from './linear-organization.ts';
import { authorize, exchange, type OAuthFailure, type OAuthRules, plainAnswer } from './oauth.ts';
import { opaque } from './secrets.ts';
import { linearOrganizations } from './world.ts';

const failures: Record<OAuthFailure, { error: string; status: number }> = {
  invalid_client: { error: 'invalid_client', status: 401 },
  invalid_code: { error: 'invalid_grant', status: 400 },
  invalid_refresh_token: { error: 'invalid_grant', status: 400 },
  redirect_uri_mismatch: { error: 'invalid_grant', status: 400 },
  invalid_request: { error: 'invalid_request', status: 400 },
  unsupported_grant_type: { error: 'unsupported_grant_type', status: 400 },
};

export async function startLinear(context: SandboxContext): Promise<Emulation> {
  const { book } = context;
  const { linear } = context.state.secrets;
  const organizations = await Promise.all(linearOrganizations.map(each => startOrganization(each, context)));
  const rules: OAuthRules = {
    provider: 'linear',
    client: { id: linear.clientId, secret: linear.clientSecret },
    accounts: linearOrganizations.map(({ name }) => name),
    scopeSeparator: ' ',
    lifeSeconds: () => 24 * 60 * 60,
    refresh: 'rotating',
    clientAuth: 'body',
    newAccessToken: () => `lin_oauth_${opaque(40)}`,
    newRefreshToken: () => `lin_refresh_${opaque(40)}`,
    answer: (access, refreshed) => plainAnswer(rules, context.now, access, refreshed),
    fail: (failure, detail) => {
      const { error, status } = failures[failure];
      return Response.json({ error, error_description: detail }, { status });
    },
  };
  book.seed({
    provider: 'linear',
    kind: 'key',
    value: linear.apiKey,
    account: linearOrganizations[0]!.name,
    client: '',
    scopes: ['read', 'write'],
    grant: 'seeded',
    expireTimeMs: null,
  });

  const graphql = async (request: Request): Promise<Response> => {
    const header = request.headers.get('authorization') ?? '';
    const [scheme, value] = header.startsWith('Bearer ') ? ['Bearer', header.slice(7)] : ['', header];
    if (scheme === 'Bearer' && book.live('linear', ['key'], value)) {
      return refused(
        400,
        'It looks like you are trying to use an API key as a Bearer token. Remove the Bearer prefix.',
      );
    }
    const token = book.live('linear', [scheme === 'Bearer' ? 'access' : 'key'], value);
    const organization = organizations.find(({ facts }) => facts.name === token?.account);
    if (organization === undefined) return refused(401, 'Authentication required, not authenticated');
    const body = parseObject(await request.clone().text()) ?? {};
    const variables = (body.variables ?? {}) as Record<string, unknown>;
    const asked = { query: String(body.query), variables };
    return answerLinear(context, organization.facts, asked) ?? organization.send(request);
  };

  const revoke = async (request: Request): Promise<Response> => {
    const params = await readParams(request);
    const value = params.get('token') ?? request.headers.get('authorization')?.replace(/^Bearer /, '') ?? '';
    const token = book.live('linear', ['access', 'refresh'], value);
    if (token === undefined) return Response.json({ error: 'invalid_request' }, { status: 400 });
    book.revokeGrant(token);
    return new Response(null, { status: 200 });
  };

  return emulation('linear', organizations, app => {
    app.get('/oauth/authorize', c => authorize(rules, context, new URL(c.req.url).searchParams));
    app.post('/oauth/token', c => exchange(rules, context, c.req.raw));
    app.post('/oauth/revoke', c => revoke(c.req.raw));
    app.post('/graphql', c => graphql(c.req.raw));
  });
}

function refused(statusCode: number, message: string): Response {
  const type = 'authentication error';
  const extensions = {
    type,
    code: 'AUTHENTICATION_ERROR',
    statusCode,
    userError: true,
    userPresentableMessage: message,
  };
  return Response.json({ errors: [{ message, extensions }] }, { status: statusCode });
}
