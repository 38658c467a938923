import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { SandboxContext } from './context.ts';
import { githubApp } from './github-seed.ts';
import { bearer, pageOf, textPage } from './http.ts';
import type { Inner } from './inner.ts';
import { opaque } from './secrets.ts';
import type { Token } from './tokens.ts';
import { type GitHubAccount, githubAccounts } from './world.ts';

/** Installations of the App: what the package lacks (repositories, the install page) or does not check (expiry). */
export interface Installations {
  /** The install page without a person: answers with a redirect to the App's setup URL. */
  install(request: Request): Response;
  /** `/app…` calls, authorized by the App's JWT. */
  asApp(request: Request): Promise<Response>;
  mint(request: Request, installationId: number): Promise<Response>;
  uninstall(request: Request, installationId: number): Promise<Response>;
  /** Those that the person of a user token may use: here, the one whose install page they passed. */
  ofPerson(token: Token): Response;
  repositories(token: Token, query: URLSearchParams): Promise<Response>;
  /** Sends a call on with the rights of an installation token. */
  forward(request: Request, token: Token): Promise<Response>;
}

/** Marks installation tokens among the access tokens. */
export const installationClient = 'installation';

const tokenLifeSeconds = 60 * 60;
const innerTokenUses = 4_500;
const clockToleranceSeconds = 60;
const jwtLifeSeconds = 10 * 60;
const codeLifeMs = 10 * 60 * 1000;

export function openInstallations(context: SandboxContext, inner: Inner): Installations {
  const { book, state, now } = context;
  const { clientId, privateKey } = state.secrets.github;
  const publicKey = createPublicKey(privateKey);
  const innerTokens = new Map<string, { value: string; uses: number }>();

  const accountOf = (id: number): GitHubAccount | undefined =>
    state.uninstalled.includes(id) ? undefined : githubAccounts.find(account => account.installationId === id);

  const isApp = async (request: Request): Promise<boolean> => {
    const options = { algorithms: ['RS256'], currentDate: now(), clockTolerance: clockToleranceSeconds };
    const verified = await jwtVerify(bearer(request), publicKey, options).catch(() => null);
    if (verified === null) return false;
    const { iss, iat = 0, exp = Number.POSITIVE_INFINITY } = verified.payload;
    const seconds = now().getTime() / 1000;
    const fresh = iat <= seconds + clockToleranceSeconds && exp - seconds <= jwtLifeSeconds + clockToleranceSeconds;
    return fresh && [String(githubApp.id), clientId].includes(String(iss));
  };

  /** The package checks the App's JWT by the real clock, whatever ours says. */
  const sendAsApp = async (request: Request): Promise<Response> => {
    const jwt = await new SignJWT()
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(String(githubApp.id))
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(createPrivateKey(privateKey));
    return inner.send(request, `Bearer ${jwt}`);
  };

  const asApp = async (request: Request): Promise<Response> => {
    if (!(await isApp(request))) return githubProblem(401, 'A JSON web token could not be decoded');
    const id = /^\/app\/installations\/(\d+)/.exec(new URL(request.url).pathname)?.[1];
    return id !== undefined && accountOf(Number(id)) === undefined
      ? githubProblem(404, 'Not Found')
      : sendAsApp(request);
  };

  /** The package's own token behind ours: taken anew before its limit and after a restart. */
  const innerToken = async (token: Token): Promise<string> => {
    const held = innerTokens.get(token.value);
    if (held !== undefined && ++held.uses < innerTokenUses) return held.value;
    const { installationId } = githubAccounts.find(({ login }) => login === token.account)!;
    const permissions = Object.fromEntries(token.scopes.map(scope => scope.split(':')));
    const answer = await sendAsApp(
      new Request(`http://github.invalid/app/installations/${installationId}/access_tokens`, {
        method: 'POST',
        body: JSON.stringify({ permissions }),
      }),
    );
    const { token: value } = (await answer.json()) as { token: string };
    innerTokens.set(token.value, { value, uses: 0 });
    return value;
  };

  const forward = async (request: Request, token: Token): Promise<Response> =>
    inner.send(request, `Bearer ${await innerToken(token)}`);

  /** The App asks for user authorization during installation: the setup redirect brings a code of the person. */
  const installerCode = (account: GitHubAccount, redirectUri: string): string =>
    book.add({
      provider: 'github',
      kind: 'code',
      value: opaque(20),
      account: account.login,
      client: clientId,
      scopes: [],
      grant: randomUUID(),
      expireTimeMs: now().getTime() + codeLifeMs,
      redirectUri,
    }).value;

  return {
    asApp,
    forward,
    ofPerson(token) {
      const own = githubAccounts.filter(a => a.login === token.account && accountOf(a.installationId) !== undefined);
      const installations = own.map(({ installationId: id, login }) => ({ id, account: { login } }));
      return Response.json({ total_count: installations.length, installations });
    },
    install(request) {
      const query = new URL(request.url).searchParams;
      const edge = context.edge();
      const setup = edge ? `${edge}/v1/provider/github/callback` : query.get('redirect_uri');
      if (setup === null) return textPage(400, 'The App has no setup URL yet.');
      const back = new URL(setup);
      const given = query.get('state');
      if (given !== null) back.searchParams.set('state', given);
      const approval = context.approvals.take('github');
      if (approval.deny !== undefined || query.has('deny')) {
        back.searchParams.set('setup_action', 'request');
      } else {
        const account = githubAccounts.find(({ login }) => login === approval.account) ?? githubAccounts[0]!;
        state.uninstalled = state.uninstalled.filter(id => id !== account.installationId);
        context.save();
        back.searchParams.set('installation_id', String(account.installationId));
        back.searchParams.set('setup_action', 'install');
        back.searchParams.set('code', installerCode(account, setup));
      }
      return new Response(null, { status: 302, headers: { Location: back.href } });
    },
    async mint(request, installationId) {
      const answer = await asApp(request);
      if (answer.status !== 201) return answer;
      const body = (await answer.json()) as { token: string; permissions: Record<string, string> };
      const expireTimeMs = now().getTime() + tokenLifeSeconds * 1000;
      const token = book.add({
        provider: 'github',
        kind: 'access',
        value: `ghs_${opaque(36)}`,
        account: accountOf(installationId)!.login,
        client: installationClient,
        scopes: Object.entries(body.permissions).map(([name, level]) => `${name}:${level}`),
        grant: `installation-${installationId}`,
        expireTimeMs,
      });
      innerTokens.set(token.value, { value: body.token, uses: 0 });
      const expires_at = `${new Date(expireTimeMs).toISOString().slice(0, 19)}Z`;
      return Response.json({ ...body, token: token.value, expires_at }, { status: 201 });
    },
    async uninstall(request, installationId) {
      if (!(await isApp(request))) return githubProblem(401, 'A JSON web token could not be decoded');
      if (accountOf(installationId) === undefined) return githubProblem(404, 'Not Found');
      state.uninstalled.push(installationId);
      book.revokeWhere(({ provider, grant }) => provider === 'github' && grant === `installation-${installationId}`);
      context.save();
      return new Response(null, { status: 204 });
    },
    async repositories(token, query) {
      const { login, repositories } = githubAccounts.find(account => account.login === token.account)!;
      const size = positive(query.get('per_page'), 30, 100);
      const page = positive(query.get('page'), 1, Number.MAX_SAFE_INTEGER);
      const { items, next } = pageOf(repositories, (page - 1) * size, size);
      const found = items.map(async name => {
        const answer = await forward(new Request(`http://github.invalid/repos/${login}/${name}`), token);
        return answer.json() as Promise<unknown>;
      });
      const last = Math.max(1, Math.ceil(repositories.length / size));
      const link = (at: number, rel: string): string =>
        `<${context.base('github')}/installation/repositories?per_page=${size}&page=${at}>; rel="${rel}"`;
      const links = [
        ...(page > 1 ? [link(page - 1, 'prev'), link(1, 'first')] : []),
        ...(next === null ? [] : [link(page + 1, 'next'), link(last, 'last')]),
      ];
      const total = { total_count: repositories.length, repository_selection: 'all' };
      const headers = links.length > 0 ? { Link: links.join(', ') } : undefined;
      return Response.json({ ...total, repositories: await Promise.all(found) }, { headers });
    },
  };
}

export function githubProblem(status: number, message: string): Response {
  return Response.json({ message, documentation_url: 'https://docs.github.com/rest', status: `${status}` }, { status });
}

function positive(text: string | null, fallback: number, most: number): number {
  const value = Math.trunc(Number(text ?? fallback));
  return Math.min(most, value >= 1 ? value : fallback);
}
