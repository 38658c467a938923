import type { EmulatedOAuth } from '../../providers/emulator.ts';
import { parseObject } from '../http.ts';
import type { OAuthClient } from '../oauth.ts';
import { opaque } from '../secrets.ts';
import type { TokenBook } from '../tokens.ts';

/** Registers whoever asks, as RFC 7591 has it; the client is known to that provider alone. */
export async function register(
  provider: string,
  oauth: EmulatedOAuth,
  book: TokenBook,
  request: Request,
): Promise<Response> {
  const metadata = parseObject(await request.text()) ?? {};
  const refuse = (error: string): Response => Response.json({ error }, { status: 400 });
  const [redirectUri, ...others] = Array.isArray(metadata.redirect_uris) ? (metadata.redirect_uris as unknown[]) : [];
  if (typeof redirectUri !== 'string' || !URL.canParse(redirectUri) || others.length > 0) {
    return refuse('invalid_redirect_uri');
  }
  const auth = { basic: 'client_secret_basic', body: 'client_secret_post' }[oauth.client];
  const wants = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] };
  const isSame = (name: keyof typeof wants): boolean => String(metadata[name]) === String(wants[name]);
  if (metadata.token_endpoint_auth_method !== auth || !isSame('grant_types') || !isSame('response_types')) {
    return refuse('invalid_client_metadata');
  }
  const owner = { provider, account: '', client: '', scopes: [], grant: opaque(20), expireTimeMs: null };
  const secret = opaque(40);
  const { value: id } = book.add({ ...owner, kind: 'client', value: opaque(24), secret, redirectUri });
  return Response.json(
    { ...metadata, client_id: id, client_secret: secret, client_secret_expires_at: 0 },
    { status: 201, headers: { 'Cache-Control': 'no-store' } },
  );
}

export function registeredClient(provider: string, book: TokenBook, id: string): OAuthClient | undefined {
  const client = book.live(provider, ['client'], id);
  return client && { id, secret: client.secret ?? '', redirectUri: client.redirectUri ?? '' };
}
