import type { SandboxContext } from './context.ts';
import { bearer, type Emulation, emulation } from './http.ts';

const models = ['gpt-5', 'gpt-5-mini', 'gpt-4.1', 'o4-mini', 'text-embedding-3-large'];

/** Model list for the two seeded keys; refusals echo a part of the key, as the vendor's do. */
export function startOpenAi(context: SandboxContext): Promise<Emulation> {
  const { platformKey, projectKey } = context.state.secrets.openai;
  for (const [account, value] of Object.entries({ platform: platformKey, project: projectKey })) {
    const owner = { account, client: '', scopes: [], grant: account, expireTimeMs: null };
    context.book.seed({ ...owner, provider: 'openai', kind: 'key', value });
  }
  const guarded = (request: Request, work: (account: string) => Response): Response => {
    const value = bearer(request);
    const key = context.book.live('openai', ['key'], value);
    return key === undefined ? refused(value) : work(key.account);
  };
  return emulation('openai', [], app => {
    app.get('/v1/models', c =>
      guarded(c.req.raw, account =>
        Response.json(
          {
            object: 'list',
            data: models.map(id => ({ id, object: 'model', created: 1_735_689_600, owned_by: 'openai' })),
          },
          { headers: { 'openai-organization': `acme-${account}`, 'openai-version': '2020-10-01' } },
        ),
      ),
    );
    app.get('/v1/models/:model', c =>
      guarded(c.req.raw, () => {
        const id = c.req.param('model');
        if (models.includes(id))
          return Response.json({ id, object: 'model', created: 1_735_689_600, owned_by: 'openai' });
        return failure(404, `The model '${id}' does not exist`, 'model_not_found');
      }),
    );
    app.notFound(c => guarded(c.req.raw, () => failure(404, `Invalid URL (${c.req.method} ${c.req.path})`, null)));
  });
}

function refused(key: string): Response {
  if (key === '') return failure(401, "You didn't provide an API key.", null);
  const shown = `${key.slice(0, 8)}${'*'.repeat(8)}${key.slice(-4)}`;
  return failure(401, `Incorrect API key provided: ${shown}.`, 'invalid_api_key');
}

function failure(status: number, message: string, code: string | null): Response {
  return Response.json({ error: { message, type: 'invalid_request_error', param: null, code } }, { status });
}
