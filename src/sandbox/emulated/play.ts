import type { Ask, Asked, EmulatedAnswer, EmulatedHooks, Emulator, Refusal } from '../../providers/emulator.ts';
import type { AuthKind, Provider } from '../../providers/provider.ts';
import { reveal, Secret } from '../../secret.ts';
import type { EmulatedContext } from '../context.ts';
import { bearer, type Emulation } from '../http.ts';
import type { Token } from '../tokens.ts';
import { readAsked } from './asked.ts';
import { authorizationOf, responseOf } from './authorization.ts';
import { BadPage } from './pages.ts';
import { operationOf, routeTable } from './routes.ts';
import type { EmulatedSecrets } from './secrets.ts';

/** Plays a vendor by its declaration. A credential that is none of its own is refused on every route that is not open. */
export async function playEmulator(
  provider: Provider,
  emulator: Emulator,
  secrets: EmulatedSecrets,
  hooks: EmulatedHooks,
  context: EmulatedContext,
): Promise<Emulation> {
  const { id } = provider;
  const authorization = authorizationOf(id, emulator, secrets, context);
  const open = routeTable(emulator.openRoutes ?? {});
  const guarded = routeTable(emulator.routes);
  const credentialOf = (asked: Asked): string => emulator.credentialOf?.(asked) ?? bearerOf(asked);
  await seedKeys(provider, emulator, secrets, context, credentialOf);

  const ownerOf = (asked: Asked): Token | undefined => context.book.live(id, ['access', 'key'], credentialOf(asked));

  const answer = async (request: Request): Promise<EmulatedAnswer | Refusal> => {
    const asked = await readAsked(id, request, secrets, context);
    const operation = operationOf(asked.body.query);
    const free = open(asked.method, asked.path, operation);
    if (free !== undefined) return free.route({ ...asked, params: free.params });
    const owner = ownerOf(asked);
    if (owner === undefined) return 'unauthenticated';
    const found = guarded(asked.method, asked.path, operation);
    if (found === undefined) return 'not_found';
    const account = emulator.accounts.find(({ name }) => name === owner.account) ?? emulator.accounts[0]!;
    const outward: Ask['send'] = async (url, { method = 'POST', headers, body }) => {
      const heard = await context.fetch(url, { method, headers, ...(method === 'POST' && { body }) });
      return { status: heard.status, headers: heard.headers, body: await heard.text() };
    };
    return found.route({ ...asked, params: found.params, account, scopes: owner.scopes, hooks, send: outward });
  };

  return {
    id,
    fetch: async request => {
      const authorized = await authorization(request);
      if (authorized !== undefined) return authorized;
      const answered = await answer(request).catch((error: unknown) => {
        if (error instanceof BadPage) return 'invalid' as const;
        throw error;
      });
      return responseOf(typeof answered === 'string' ? emulator.refuse(answered, context.base(id)) : answered);
    },
    close: async () => undefined,
  };
}

/** Makes what each filled-in form opens known to the vendor, as the provider itself would send it. */
async function seedKeys(
  provider: Provider,
  emulator: Emulator,
  secrets: EmulatedSecrets,
  context: EmulatedContext,
  credentialOf: (asked: Asked) => string,
): Promise<void> {
  for (const [kind, form] of Object.entries(secrets.forms)) {
    const headers = headersOf(provider, kind as AuthKind, form);
    if (headers === undefined) continue;
    const request = new Request('http://vendor.invalid/', { headers });
    const value = emulator.keyOf?.(form) ?? credentialOf(await readAsked(provider.id, request, secrets, context));
    if (value === '') continue;
    const account = emulator.accounts[0]!.name;
    const owner = { account, client: '', scopes: [], grant: `form ${kind}`, expireTimeMs: null };
    context.book.seed({ ...owner, provider: provider.id, kind: 'key', value });
  }
}

/** Undefined: the form does not open anything by itself, a token is made from it first. */
function headersOf(
  provider: Provider,
  kind: AuthKind,
  form: Readonly<Record<string, string>>,
): [string, string][] | undefined {
  const method = provider.connect.find(({ authKind }) => authKind === kind);
  if (method === undefined || !('schema' in method) || method.mint !== undefined) return undefined;
  const secrets = Object.fromEntries(Object.entries(form).map(([name, value]) => [name, new Secret(value)]));
  const headers = method.headers({ kind, secrets }, form);
  return Object.entries(headers).map(([name, value]) => [name, reveal(value)]);
}

function bearerOf({ headers }: Asked): string {
  return bearer(new Request('http://vendor.invalid/', { headers }));
}
