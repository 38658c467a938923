import type { SandboxContext } from './context.ts';
import { bearer, type Emulation, emulation, pageOf } from './http.ts';
import { made } from './world.ts';

const models = ['gpt-5', 'gpt-5-mini', 'gpt-4.1', 'o4-mini', 'text-embedding-3-large'];
const created = 1_735_689_600;
/** More than is asked for at once. */
export const openAiFiles = made(260, n => ({
  id: `file-emulated${String(n).padStart(4, '0')}`,
  object: 'file',
  bytes: 1_024,
  created_at: created,
  filename: `notes-${n}.jsonl`,
  purpose: 'batch',
}));
/** OpenAI gives so many files where nobody says, which is also the most. */
const filesAtOnce = 10_000;

/** Models and files for the two seeded keys; refusals echo a part of the key, as the vendor's do. */
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
            data: models.map(id => ({ id, object: 'model', created, owned_by: 'openai' })),
          },
          { headers: { 'openai-organization': `acme-${account}`, 'openai-version': '2020-10-01' } },
        ),
      ),
    );
    app.get('/v1/models/:model', c =>
      guarded(c.req.raw, () => {
        const id = c.req.param('model');
        if (models.includes(id)) return Response.json({ id, object: 'model', created, owned_by: 'openai' });
        return failure(404, `The model '${id}' does not exist`, 'model_not_found');
      }),
    );
    app.get('/v1/files', c =>
      guarded(c.req.raw, () => {
        const limit = Number(c.req.query('limit') ?? filesAtOnce);
        if (!(limit >= 1 && limit <= filesAtOnce)) return failure(400, 'Invalid limit', 'invalid_value');
        const after = c.req.query('after');
        const start = after === undefined ? 0 : openAiFiles.findIndex(({ id }) => id === after) + 1;
        if (after !== undefined && start === 0) return failure(400, `Invalid after: ${after}`, 'invalid_value');
        const { items: data, next } = pageOf(openAiFiles, start, limit);
        const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
        return Response.json({ object: 'list', data, has_more: next !== null, ...ends });
      }),
    );
    app.get('/v1/files/:file', c =>
      guarded(c.req.raw, () => {
        const found = openAiFiles.find(({ id }) => id === c.req.param('file'));
        return found ? Response.json(found) : failure(404, `No such File object: ${c.req.param('file')}`, null);
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
