import type { EntityManager } from '@mikro-orm/postgresql';
import { storeCredential } from '../credentials/store.ts';
import { storeWebhookSecret } from '../credentials/webhook_secret.ts';
import type { Deps } from '../deps.ts';
import type { Provider } from '../providers/provider.ts';
import type { Proven } from './activate.ts';
import type { ConnectWish, Integration } from './entity.ts';

/**
 * Seals what was proven and answers the credential's version. A webhook's signing secret among it is kept apart, so that
 * each can be replaced alone.
 */
export async function storeSecrets(
  em: EntityManager,
  deps: Deps,
  integration: Pick<Integration, 'project' | 'id' | 'provider'>,
  credential: Pick<Proven, 'secrets' | 'expireTime' | 'refreshable' | 'caller'> & { readonly wish?: ConnectWish },
): Promise<number> {
  const owner = { project: integration.project, integrationId: integration.id };
  const { expireTime, refreshable, caller, wish } = credential;
  const provider = deps.catalog.provider(integration.provider);
  const field = provider && webhookFieldOf(provider);
  const webhook = field === undefined ? undefined : credential.secrets[field];
  const secrets = Object.fromEntries(Object.entries(credential.secrets).filter(([name]) => name !== field));
  const { overlapMs } = wish ?? {};
  const version = await storeCredential(em, deps, {
    ...owner,
    secrets,
    expireTime,
    refreshable,
    caller,
    ...(overlapMs !== undefined && { overlapMs }),
  });
  if (field !== undefined && webhook !== undefined) {
    await storeWebhookSecret(em, deps, { ...owner, field, secret: webhook, overlapMs: 0, caller });
  }
  return version;
}

/** The field of the form that signs deliveries to an integration's own endpoint, where the provider has such. */
export function webhookFieldOf(provider: Provider): string | undefined {
  return provider.webhook?.endpoints.find(endpoint => endpoint.secret === 'INTEGRATION')?.secretField;
}
