import type { SandboxContext } from './context.ts';
import { serveGitHubHooks } from './github-hooks.ts';
import { githubProblem, installationClient, openInstallations } from './github-installations.ts';
import { serveGitHubLists } from './github-lists.ts';
import { openRepositories } from './github-repositories.ts';
import { githubSeed, githubUser } from './github-seed.ts';
import { bearer, type Emulation, emulation, parseObject } from './http.ts';
import { innerTokens, rotate, startInner } from './inner.ts';
import { authorize, clientOf, exchange, type OAuthFailure, type OAuthRules, plainAnswer } from './oauth.ts';
import { opaque } from './secrets.ts';

/** Source: docs.github.com, "Troubleshooting OAuth app access token request errors"; all come with status 200. */
const failures: Record<OAuthFailure, string> = {
  invalid_client: 'incorrect_client_credentials',
  invalid_code: 'bad_verification_code',
  invalid_refresh_token: 'bad_refresh_token',
  redirect_uri_mismatch: 'redirect_uri_mismatch',
  invalid_request: 'invalid_request',
  unsupported_grant_type: 'unsupported_grant_type',
};

export async function startGitHub(context: SandboxContext): Promise<Emulation> {
  const { book } = context;
  const { github } = context.state.secrets;
  const users = innerTokens('ghp-inner');
  const inner = await startInner('github', githubSeed(github, users), context.base('github'), context.fetch);
  const nextUser = rotate(users);
  const installations = openInstallations(context, inner);
  const rules: OAuthRules = {
    provider: 'github',
    client: { id: github.clientId, secret: github.clientSecret },
    accounts: [githubUser],
    scopeSeparator: ',',
    lifeSeconds: () => 8 * 60 * 60,
    refresh: 'rotating',
    clientAuth: 'body',
    newAccessToken: () => `ghu_${opaque(36)}`,
    newRefreshToken: () => `ghr_${opaque(76)}`,
    answer: (access, refreshed) => plainAnswer(rules, context.now, access, refreshed),
    fail: (failure, detail) => Response.json({ error: failures[failure], error_description: detail }),
  };
  book.seed({
    provider: 'github',
    kind: 'key',
    value: github.personalToken,
    account: githubUser,
    client: '',
    scopes: ['repo', 'read:org'],
    grant: 'seeded',
    expireTimeMs: null,
  });

  const unauthorized = (request: Request): Response =>
    githubProblem(401, request.headers.has('authorization') ? 'Bad credentials' : 'Requires authentication');

  const forward = async (request: Request): Promise<Response> => {
    const token = book.live('github', ['access', 'key'], bearer(request));
    if (token === undefined) return unauthorized(request);
    if (token.client === installationClient) return installations.forward(request, token);
    const answer = await inner.send(request, `Bearer ${nextUser()}`);
    if (token.kind === 'key') answer.headers.set('x-oauth-scopes', token.scopes.join(', '));
    return answer;
  };

  const installationToken = (request: Request) => {
    const token = book.live('github', ['access'], bearer(request));
    return token?.client === installationClient ? token : undefined;
  };

  /** The token endpoint answers as a form unless JSON is asked for. */
  const accessToken = async (request: Request): Promise<Response> => {
    const answer = await exchange(rules, context, request);
    if (request.headers.get('accept')?.includes('json')) return answer;
    const body = Object.entries((await answer.json()) as Record<string, unknown>);
    return new Response(new URLSearchParams(body.map(([name, value]): [string, string] => [name, `${value}`])));
  };

  const revoke = async (request: Request): Promise<Response> => {
    if (clientOf({ ...rules, clientAuth: 'basic' }, request, new URLSearchParams()) === undefined)
      return githubProblem(401, 'Bad credentials');
    const value = parseObject(await request.clone().text())?.access_token;
    const token = book.live('github', ['access'], typeof value === 'string' ? value : '');
    if (token?.client !== rules.client.id) return githubProblem(404, 'Not Found');
    book.revokeGrant(token);
    return new Response(null, { status: 204 });
  };

  return emulation('github', [inner], app => {
    app.get('/apps/:slug/installations/new', c => installations.install(c.req.raw));
    app.get('/login/oauth/authorize', c => authorize(rules, context, new URL(c.req.url).searchParams));
    app.post('/login/oauth/access_token', c => accessToken(c.req.raw));
    app.delete('/applications/:client/token', c => revoke(c.req.raw));
    app.delete('/applications/:client/grant', c => revoke(c.req.raw));
    app.get('/app', c => installations.asApp(c.req.raw));
    app.get('/app/installations', c => installations.asApp(c.req.raw));
    app.get('/app/installations/:id', c => installations.asApp(c.req.raw));
    app.delete('/app/installations/:id', c => installations.uninstall(c.req.raw, Number(c.req.param('id'))));
    app.post('/app/installations/:id/access_tokens', c => installations.mint(c.req.raw, Number(c.req.param('id'))));
    app.get('/user/installations', c => {
      const token = book.live('github', ['access'], bearer(c.req.raw));
      return token?.client === github.clientId ? installations.ofPerson(token) : unauthorized(c.req.raw);
    });
    app.get('/installation/repositories', c => {
      const token = installationToken(c.req.raw);
      if (token === undefined) return unauthorized(c.req.raw);
      return installations.repositories(token, new URL(c.req.url).searchParams);
    });
    app.delete('/installation/token', c => {
      const token = installationToken(c.req.raw);
      if (token === undefined) return unauthorized(c.req.raw);
      book.revokeWhere(other => other === token);
      return new Response(null, { status: 204 });
    });
    const at = openRepositories(context, unauthorized);
    serveGitHubHooks(app, context, at);
    serveGitHubLists(app, context, at, forward);
    app.notFound(c => forward(c.req.raw));
  });
}
