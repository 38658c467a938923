import { form, secretField, settingField } from '../kit/form.ts';
import { header } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { isObject, optionalString, readArray, readString } from '../kit/read.ts';
import { readScopes } from '../kit/scopes.ts';
import type { Answer, Identity, InlineCredential, OAuthRedirect, ProviderCall, ProviderFailure } from '../provider.ts';
import { admin } from './admin.ts';

const shop = settingField('Shop', 'What stands before .myshopify.com.', {
  max: 60,
  pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
});

/**
 * Access tokens live an hour, which public apps must ask for; each refresh ends the refresh token before, once the new one is
 * used. Source: shopify.dev, offline access tokens.
 */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.api}/oauth/authorize`,
  tokenUrl: endpoints => `${endpoints.api}/oauth/access_token`,
  tokenParams: { expiring: '1' },
  scopes: {
    default: [
      ...['products', 'orders', 'customers', 'inventory', 'draft_orders', 'fulfillments', 'discounts'].flatMap(noun => [
        `read_${noun}`,
        `write_${noun}`,
      ]),
      'read_locations',
      'read_returns',
    ],
    separator: ',',
    optional: [
      ...['content', 'metaobjects', 'markets', 'themes', 'shipping', 'locales', 'payment_terms'].map(
        noun => `read_${noun}`,
      ),
      'read_merchant_managed_fulfillment_orders',
      'write_merchant_managed_fulfillment_orders',
      'read_own_subscription_contracts',
      'read_shopify_payments_disputes',
      'read_publications',
      'read_product_listings',
    ],
  },
  settings: form(['shop'], { shop }),
  pkce: false,
  client: 'body',
  readToken,
  refresh: 'ROTATING',
  headers: header('x-shopify-access-token', 'access_token'),
  identify,
  // There is no other end than that the app leaves the shop.
  revoke: async call => {
    await admin(call, 'mutation Uninstall { appUninstall { app { id } userErrors { message } } }');
  },
};

/** An app that the merchant made in the shop’s own admin. */
export const customApp: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['shop', 'access_token'], {
    shop,
    access_token: secretField('Admin API access token', 'Of a custom app, from Settings, Apps.', {
      min: 16,
      pattern: '^shp(at|pa|ca)_[A-Za-z0-9]+$',
    }),
    webhook_secret: secretField(
      'Webhook signing secret',
      'From Settings, Notifications, Webhooks, or the API secret key of the custom app.',
      { min: 16 },
    ),
  }),
  headers: header('x-shopify-access-token', 'access_token'),
  identify,
};

async function identify(call: ProviderCall): Promise<Identity> {
  const data = await admin(
    call,
    'query Identity { shop { name myshopifyDomain } currentAppInstallation { accessScopes { handle } } }',
  );
  const id = readString(at(data.shop, 'myshopifyDomain'), 'shop.myshopifyDomain');
  const scopes = readArray(at(data.currentAppInstallation, 'accessScopes'), 'accessScopes');
  const handles = scopes.map(each => optionalString(at(each, 'handle'))).filter(handle => handle !== undefined);
  return {
    account: { id, label: optionalString(at(data.shop, 'name')) ?? id, url: `https://${id}` },
    grantedScopes: withReading(handles),
  };
}

/** Of a scope that writes the reading one is left out. */
export function withReading(scopes: readonly string[]): readonly string[] {
  return [...new Set(scopes.flatMap(scope => [scope, scope.replace(/^write_/, 'read_')]))];
}

function readToken(answer: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(answer)) return { error: 'invalid_request' };
  if (typeof answer.error === 'string') return answer;
  const scopes = readScopes(answer.scope);
  return {
    ...answer,
    token_type: 'bearer',
    ...(scopes !== undefined && { scope: withReading(scopes).join(' ') }),
  };
}

/** GraphQL says 200 to what went wrong. */
export function failureOf({ status, body }: Answer): ProviderFailure | undefined {
  const errors = at(body, 'errors');
  if (status !== 200 || !Array.isArray(errors) || errors.length === 0) return undefined;
  const codes = errors.map(error => at(error, 'extensions', 'code'));
  if (codes.includes('THROTTLED')) return { kind: 'throttled' };
  if (codes.includes('ACCESS_DENIED')) return { kind: 'forbidden' };
  if (codes.includes('INTERNAL_SERVER_ERROR')) return { kind: 'unavailable' };
  return { kind: 'rejected' };
}
