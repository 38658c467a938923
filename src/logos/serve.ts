import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import type { Provider } from '../providers/provider.ts';
import { etagOf, holds } from '../rpc/conditional.ts';
import { fromIntegrationError } from '../rpc/errors.ts';
import { answerError, describeError } from '../rpc/rest_answer.ts';
import { drawLogo } from './draw.ts';
import { markOf, readMarks } from './marks.ts';
import { providerAt } from './path.ts';

/** Any page may show it as an image; opened by itself it can load, run and frame nothing. */
const HEADERS = {
  'cache-control': 'public, max-age=86400, stale-while-revalidate=604800',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
} as const;

type Logo = { readonly body: Buffer; readonly etag: string };

/** Serves the logos, which are no secret: anybody may see them. False: the path is not a logo's. */
export function serveLogos({ catalog }: Deps): (req: IncomingMessage, res: ServerResponse) => Promise<boolean> {
  const slice = readMarks();
  // A manifest that was read anew is another value.
  const drawn = new WeakMap<Provider, Logo>();
  const logoOf = (provider: Provider): Logo => {
    const known = drawn.get(provider);
    if (known !== undefined) return known;
    const body = Buffer.from(drawLogo(provider.displayName, markOf(provider, slice)));
    const logo = { body, etag: etagOf(body) };
    drawn.set(provider, logo);
    return logo;
  };
  return async (req, res) => {
    const id = providerAt(req.url?.split('?', 1)[0] ?? '');
    if (id === undefined) return false;
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      const error = { code: 'UNIMPLEMENTED', message: 'a logo takes GET and HEAD only' };
      answerError(req, res, 405, error, { allow: 'GET, HEAD' });
      return true;
    }
    const provider = catalog.provider(id);
    if (provider === undefined) {
      const unknown = new IntegrationError('PROVIDER_NOT_FOUND', { provider: id.slice(0, 64) });
      const { status, error } = describeError(fromIntegrationError(unknown));
      answerError(req, res, status, error, {});
    } else answerLogo(req, res, logoOf(provider));
    return true;
  };
}

function answerLogo(req: IncomingMessage, res: ServerResponse, { body, etag }: Logo): void {
  if (holds(req.headers['if-none-match'], etag)) {
    res.writeHead(304, { ...HEADERS, etag }).end();
    return;
  }
  const type = { 'content-type': 'image/svg+xml; charset=utf-8', 'content-length': body.byteLength };
  res.writeHead(200, { ...HEADERS, ...type, etag });
  res.end(req.method === 'HEAD' ? undefined : body);
}
