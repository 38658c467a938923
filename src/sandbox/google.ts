import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { SandboxContext } from './context.ts';
import { driveFile, driveFiles, driveSeed } from './google-drive.ts';
import { googleProblem, serveSheets } from './google-sheets.ts';
import { bearer, type Emulation, emulation, readParams } from './http.ts';
import { innerTokens, rotate, startInner } from './inner.ts';
import { authorize, exchange, type OAuthFailure, type OAuthRules, plainAnswer } from './oauth.ts';
import { opaque } from './secrets.ts';
import type { Token } from './tokens.ts';
import { googleUsers, serviceAccountEmail, serviceAccountId } from './world.ts';

const jwtGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const vendorTokenUrl = 'https://oauth2.googleapis.com/token';

const failures: Record<OAuthFailure, { error: string; status: number }> = {
  invalid_client: { error: 'invalid_client', status: 401 },
  invalid_code: { error: 'invalid_grant', status: 400 },
  invalid_refresh_token: { error: 'invalid_grant', status: 400 },
  redirect_uri_mismatch: { error: 'redirect_uri_mismatch', status: 400 },
  invalid_request: { error: 'invalid_request', status: 400 },
  unsupported_grant_type: { error: 'unsupported_grant_type', status: 400 },
};

export async function startGoogle(context: SandboxContext): Promise<Emulation> {
  const { book, now } = context;
  const { google } = context.state.secrets;
  const emails = [...googleUsers.map(({ email }) => email), serviceAccountEmail];
  const tokens = new Map(emails.map(email => [email, innerTokens(`ya29-inner-${email}`)]));
  const next = new Map([...tokens].map(([email, names]) => [email, rotate(names)]));
  const seed = {
    tokens: Object.fromEntries([...tokens].flatMap(([login, names]) => names.map(name => [name, { login }]))),
    google: {
      users: emails.map(email => ({ email, name: googleUsers.find(user => user.email === email)?.name ?? email })),
      drive_items: driveSeed(),
    },
  };
  const inner = await startInner('google', seed, context.base('google_sheets'), context.fetch);
  const rules: OAuthRules = {
    provider: 'google_sheets',
    client: { id: google.clientId, secret: google.clientSecret },
    accounts: googleUsers.map(({ email }) => email),
    scopeSeparator: ' ',
    lifeSeconds: () => 3599,
    refresh: 'reusable',
    newAccessToken: () => `ya29.a0${opaque(80)}`,
    newRefreshToken: () => `1//0${opaque(60)}`,
    wantsRefresh: query => query.get('access_type') === 'offline' && query.get('prompt') === 'consent',
    answer: (access, refreshed) => plainAnswer(rules, now, access, refreshed),
    fail: (failure, detail) => {
      const { error, status } = failures[failure];
      return Response.json({ error, error_description: detail }, { status });
    },
  };
  const audiences = [vendorTokenUrl, `${context.base('google_sheets')}/token`];
  const serviceKey = createPublicKey(google.serviceKey);

  const serviceToken = async (params: URLSearchParams): Promise<Response> => {
    const options = { algorithms: ['RS256'], audience: audiences, issuer: serviceAccountEmail, currentDate: now() };
    const verified = await jwtVerify(params.get('assertion') ?? '', serviceKey, options).catch(() => null);
    if (verified === null) return rules.fail('invalid_code', 'Invalid JWT Signature.');
    const { iat = 0, exp = 0, scope } = verified.payload;
    if (exp - iat > 3600 || exp <= iat) {
      return rules.fail('invalid_code', 'Invalid JWT: Token must be a short-lived token (60 minutes).');
    }
    if (typeof scope !== 'string' || scope === '')
      return rules.fail('invalid_request', 'Missing required parameter: scope');
    const access = book.add({
      provider: 'google_sheets',
      kind: 'access',
      value: rules.newAccessToken(),
      account: serviceAccountEmail,
      client: serviceAccountEmail,
      scopes: scope.split(' '),
      grant: 'service-account',
      expireTimeMs: now().getTime() + 3599_000,
    });
    return Response.json(plainAnswer(rules, now, access, undefined));
  };

  const token = async (request: Request): Promise<Response> => {
    const params = await readParams(request);
    return params.get('grant_type') === jwtGrant ? serviceToken(params) : exchange(rules, context, request);
  };

  const revoke = async (request: Request): Promise<Response> => {
    const value = (await readParams(request)).get('token') ?? new URL(request.url).searchParams.get('token') ?? '';
    const found = book.live('google_sheets', ['access', 'refresh'], value);
    if (found === undefined) return Response.json({ error: 'invalid_token' }, { status: 400 });
    book.revokeGrant(found);
    return Response.json({});
  };

  /** Runs `work` for the token's owner, or answers as Google does to a token it does not know or that lacks scope. */
  const allowed = (
    request: Request,
    scopes: readonly string[],
    work: (owner: Token) => Response | Promise<Response>,
  ): Response | Promise<Response> => {
    const owner = book.live('google_sheets', ['access'], bearer(request));
    if (owner === undefined)
      return googleProblem(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
    const enough = scopes.length === 0 || owner.scopes.some(scope => scopes.includes(scope.split('/auth/').at(-1)!));
    return enough
      ? work(owner)
      : googleProblem(403, 'PERMISSION_DENIED', 'Request had insufficient authentication scopes.');
  };

  const userinfo = ({ account }: Token): Response => {
    const user = googleUsers.find(({ email }) => email === account);
    if (user === undefined) return Response.json({ sub: serviceAccountId, email: account, email_verified: true });
    return Response.json({ ...user, email_verified: true });
  };

  const forward = (request: Request, owner: Token): Promise<Response> =>
    inner.send(request, `Bearer ${next.get(owner.account)!()}`);

  return emulation('google_sheets', [inner], app => {
    app.get('/o/oauth2/v2/auth', c => authorize(rules, context, new URL(c.req.url).searchParams));
    app.post('/token', c => token(c.req.raw));
    app.post('/revoke', c => revoke(c.req.raw));
    app.get('/v1/userinfo', c => allowed(c.req.raw, ['openid', 'email'], userinfo));
    app.get('/drive/v3/about', c =>
      allowed(c.req.raw, driveScopes, ({ account }) => Response.json({ user: { emailAddress: account } })),
    );
    app.get('/drive/v3/files', c =>
      allowed(c.req.raw, driveScopes, owner =>
        driveFiles(c.req.raw, context.sheets, request => forward(request, owner)),
      ),
    );
    app.get('/drive/v3/files/:id', c =>
      allowed(c.req.raw, driveScopes, owner =>
        driveFile(c.req.param('id'), c.req.raw, request => forward(request, owner)),
      ),
    );
    serveSheets(app, allowed, context.sheets);
    app.notFound(c => allowed(c.req.raw, [], owner => forward(c.req.raw, owner)));
  });
}

const driveScopes = ['drive', 'drive.readonly', 'drive.file', 'drive.metadata', 'drive.metadata.readonly'];
