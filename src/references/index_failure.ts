import { IntegrationError, invalidField } from '../errors.ts';
import type { Integration } from '../integrations/entity.ts';
import type { Provider } from '../providers/provider.ts';
import type { ReferenceList } from './entity.ts';
import { givenOf } from './lists.ts';

/** Throws where nothing is known yet and the provider said why; what is known is told with its gaps instead. */
export function assertAnswerable(provider: Provider, integration: Integration, list: ReferenceList, now: Date): void {
  const { failure, dependsOn, known, completeTime } = list;
  const metadata = { provider: provider.id };
  if (failure === 'DEPENDENCY_UNKNOWN') throw unknownDependency(dependsOn);
  if (failure === null || known > 0 || completeTime !== null) return;
  switch (failure) {
    case 'RATE_LIMITED': {
      const retryDelayMs = Math.max(1_000, (list.nextTime?.getTime() ?? 0) - now.getTime());
      throw new IntegrationError('RATE_LIMITED', { ...metadata, limit: 'provider' }, { retryDelayMs });
    }
    case 'SCOPE_MISSING':
    case 'PERMISSION_MISSING':
      throw new IntegrationError('SCOPE_MISSING', {
        ...metadata,
        project: integration.project,
        integration: integration.id,
        ...(list.failureScopes?.length && { scopes: list.failureScopes.join(',') }),
      });
    case 'CREDENTIAL_REFUSED':
    case 'PROVIDER_ANSWER_INVALID':
      throw new IntegrationError(failure, metadata);
    case 'PROVIDER_UNAVAILABLE':
      throw new IntegrationError(failure, metadata, { retryDelayMs: 1_000 });
  }
}

/** The last of the values depended on is the one that the others lead to. */
export function unknownDependency(dependsOn: Readonly<Record<string, string>>): IntegrationError {
  const [key = ''] = Object.keys(givenOf(dependsOn)).slice(-1);
  return invalidField(`depends_on.${key}`, 'names nothing that this integration can see');
}
