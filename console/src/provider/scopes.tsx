import type { Integration } from '../../../gen/mobius/integrations/v1/integration_pb.js';
import { Fold } from '../parts/code.tsx';
import { CheckIcon, CloseIcon } from '../parts/icons.tsx';

/** What was asked for against what was granted; what is missing first. */
export function Scopes({ integration }: { readonly integration: Integration }) {
  const { requestedScopes, grantedScopes, grantedScopesKnown } = integration;
  const all = [...new Set([...requestedScopes, ...grantedScopes])].toSorted();
  if (all.length === 0) return null;
  const isGranted = (scope: string): boolean => grantedScopes.includes(scope);
  const missing = grantedScopesKnown ? all.filter(scope => !isGranted(scope)) : [];
  const granted = all.filter(scope => !missing.includes(scope));
  const title = grantedScopesKnown
    ? `Scopes: ${grantedScopes.length} granted${missing.length > 0 ? `, ${missing.length} missing` : ''}`
    : `Scopes: ${requestedScopes.length} asked for`;
  return (
    <Fold title={title} open={missing.length > 0}>
      {!grantedScopesKnown && <p className="faint">The provider does not say what it granted.</p>}
      <ul className="scopes">
        {[...missing, ...granted].map(scope => {
          const isMissing = missing.includes(scope);
          const word = isMissing
            ? 'asked for, not granted'
            : !grantedScopesKnown
              ? 'asked for'
              : requestedScopes.includes(scope) || requestedScopes.length === 0
                ? 'granted'
                : 'granted, not asked for';
          return (
            <li key={scope} className={isMissing ? 'missing' : ''} title={word}>
              {isMissing ? <CloseIcon size={12} /> : grantedScopesKnown && <CheckIcon size={12} />}
              <code>{scope}</code>
              <span className="unseen">{word}</span>
            </li>
          );
        })}
      </ul>
    </Fold>
  );
}
