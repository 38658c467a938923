import { networkFetch, openCall } from '../src/outbound.ts';
import type { OpenCredential, PlatformApp, Provider, ProviderCall } from '../src/providers/provider.ts';
import { Secret } from '../src/secret.ts';
import type { CaseCredential } from './provider-cases.ts';
import { methodOf } from './provider-manifest.ts';

/** When the cases happen. */
export const CASE_TIME = new Date('2026-05-04T03:02:01.000Z');

/** A call as the service makes it, to the local vendor at that origin, with the token minted where the method mints. */
export async function callFor(origin: string, provider: Provider, each: CaseCredential): Promise<ProviderCall> {
  const method = methodOf(provider, each.mode, each.authKind);
  const endpoints = Object.fromEntries(Object.keys(provider.endpoints).map(name => [name, `${origin}/${name}`]));
  const open = (credential: OpenCredential, headers: Readonly<Record<string, Secret>>) =>
    openCall({
      fetch: networkFetch,
      now: () => CASE_TIME,
      provider,
      endpoints,
      app: each.app === undefined ? undefined : platformApp(each.app),
      credential,
      config: each.config ?? {},
      headers,
    });
  const credential: OpenCredential = { kind: each.authKind, secrets: secretsOf(each.secrets) };
  if (method.mint === undefined) return open(credential, method.headers(credential, each.config ?? {}));
  const { accessToken } = await method.mint(open(credential, {}));
  const minted = { ...credential, secrets: { ...credential.secrets, access_token: accessToken } };
  return open(minted, method.headers(minted, each.config ?? {}));
}

function platformApp({ fields, secrets }: NonNullable<CaseCredential['app']>): PlatformApp {
  return { fields, secrets: Object.fromEntries(Object.entries(secrets).map(([name, s]) => [name, [new Secret(s)]])) };
}

function secretsOf(secrets: Readonly<Record<string, string>>): Readonly<Record<string, Secret>> {
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)]));
}
