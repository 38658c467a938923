import type { Asked } from '../../providers/emulator.ts';
import type { EmulatedContext } from '../context.ts';
import { parseObject } from '../http.ts';
import { opaque } from '../secrets.ts';
import { cutPage } from './pages.ts';
import type { EmulatedSecrets } from './secrets.ts';

/** The request as an emulator's functions see it. */
export async function readAsked(
  provider: string,
  request: Request,
  secrets: EmulatedSecrets,
  { book, now, base }: Pick<EmulatedContext, 'book' | 'now' | 'base'>,
): Promise<Asked> {
  const url = new URL(request.url);
  const text = await request.clone().text();
  const body = bodyOf(request.headers.get('content-type') ?? '', text);
  const variables = typeof body.variables === 'object' && body.variables !== null ? body.variables : {};
  return {
    method: request.method,
    path: url.pathname,
    params: {},
    query: url.searchParams,
    headers: request.headers,
    body,
    now: now(),
    base: base(provider),
    page: (items, style) => {
      const source = style.from ?? 'query';
      const given = (source === 'body' ? body : variables) as Readonly<Record<string, unknown>>;
      return cutPage(items, style, name =>
        source === 'query' ? (url.searchParams.get(name) ?? undefined) : given[name],
      );
    },
    link: (parameter, next) => {
      if (next === undefined) return noHeaders;
      const target = new URLSearchParams(url.search);
      target.set(parameter, next);
      return { link: `<${base(provider)}${url.pathname}?${target}>; rel="next"` };
    },
    issue: (account, lifeSeconds) => {
      const owner = { account: account.name, client: '', scopes: [], grant: opaque(20) };
      const expireTimeMs = now().getTime() + lifeSeconds * 1000;
      return book.add({ ...owner, provider, kind: 'access', value: opaque(40), expireTimeMs }).value;
    },
    revoke: token => {
      const live = book.live(provider, ['access', 'refresh', 'key'], token);
      if (live !== undefined) book.revokeGrant(live);
      return live !== undefined;
    },
    app: secrets.app,
    form: kind => secrets.forms[kind] ?? {},
  };
}

const noHeaders: Readonly<Record<string, string>> = {};

function bodyOf(type: string, text: string): Readonly<Record<string, unknown>> {
  if (type.includes('json')) return parseObject(text) ?? {};
  return type.includes('form') ? Object.fromEntries(new URLSearchParams(text)) : {};
}
