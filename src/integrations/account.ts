import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { methodFor } from '../providers/catalog_index.ts';
import type { Identity } from '../providers/provider.ts';
import type { Integration } from './entity.ts';

/** Whether the identity that was just proven is the account the integration was connected to. */
export function isSameAccount(deps: Deps, integration: Integration, { account }: Identity): boolean {
  const provider = deps.catalog.provider(integration.provider);
  const method = provider && methodFor(provider, integration.authKind);
  return method?.isSameAccount?.(integration.accountId, account.id) ?? integration.accountId === account.id;
}

export function accountMismatch(integration: Integration, { account }: Identity): IntegrationError {
  return new IntegrationError('ACCOUNT_MISMATCH', {
    project: integration.project,
    integration: integration.id,
    expected: integration.accountLabel,
    found: account.label,
  });
}
