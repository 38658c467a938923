import type { Answer, Identity, InlineCredential, ProviderCall, ProviderFailure } from '../provider.ts';
import { configBasic } from './config_basic.ts';
import { ProviderError } from './error.ts';
import { form, secretField, settingField } from './form.ts';
import { isObject, type Json, optionalString, readArray, readObject, readString } from './read.ts';
import { readScopes } from './scopes.ts';

/**
 * Customers' sites behind one gateway, each named by its cloud id. Source: developer.atlassian.com, OAuth 2.0 (3LO) apps.
 */

type Config = Readonly<Record<string, unknown>>;

export function cloudIdOf(config: Config): string {
  const id = optionalString(config.cloud_id);
  if (id !== undefined && isCloudId(id)) return id;
  throw new ProviderError({ kind: 'rejected' }, new Error('config has no cloud_id'));
}

function isCloudId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** Origin of a site's own address. */
export function siteOrigin(value: unknown): string | undefined {
  const url = optionalString(value);
  return url !== undefined && URL.canParse(url) && url.startsWith('https://') ? new URL(url).origin : undefined;
}

/** E-mail and API token, with the cloud id that the site itself shows: the gateway takes tokens with scopes. */
export function siteToken(product: string): Pick<InlineCredential, 'mode' | 'authKind' | 'schema' | 'headers'> {
  return {
    mode: 'API_KEY',
    authKind: 'BASIC',
    schema: form(['cloud_id', 'email', 'api_token'], {
      cloud_id: settingField('Cloud id', 'Shown at https://<your site>.atlassian.net/_edge/tenant_info.', {
        max: 36,
        pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
      }),
      email: { ...settingField('E-mail', 'Of the account that made the token.', { max: 254 }), format: 'email' },
      api_token: secretField('API token', `API token with scopes, for the app ${product}.`, { max: 1_024 }),
    }),
    headers: configBasic('email', 'api_token'),
  };
}

/**
 * The account is the site. A grant may cover several, of several products: `config.cloud_id` says which one is meant, and
 * without it the first is taken whose scopes are the product's.
 */
export async function grantedSite(call: ProviderCall, isOurs: (scope: string) => boolean): Promise<Identity> {
  const answer = await call.fetch(`${call.endpoints.api}/oauth/token/accessible-resources`);
  const sites = readArray(answer.body, 'sites').map((node, i) => readObject(node, `sites[${i}]`));
  const wanted = optionalString(call.config.cloud_id);
  const site = sites.find(each =>
    wanted === undefined ? (readScopes(each.scopes) ?? []).some(isOurs) : each.id === wanted,
  );
  if (site === undefined) throw new ProviderError({ kind: 'forbidden' }, new Error('the grant covers no such site'));
  const granted = readScopes(site.scopes);
  return { ...siteIdentity(site), ...(granted !== undefined && { grantedScopes: granted }) };
}

/** `id`, `name` and `url` of a site. */
export function siteIdentity(site: Json): Identity {
  const id = readString(site.id, 'site.id').toLowerCase();
  if (!isCloudId(id)) throw new ProviderError({ kind: 'invalid_answer' }, new Error('site.id is not a cloud id'));
  const url = siteOrigin(site.url);
  return {
    account: { id, label: optionalString(site.name) ?? id, ...(url !== undefined && { url }) },
    config: { cloud_id: id, ...(url !== undefined && { site_url: url }) },
  };
}

/** The gateway says 401 to a bad token and to one without the scope alike; only its text tells. */
export function missingScope({ status, body }: Answer): ProviderFailure | undefined {
  if (status !== 401 || !isObject(body)) return undefined;
  return /scope does not match/i.test(optionalString(body.message) ?? '') ? { kind: 'forbidden' } : undefined;
}
