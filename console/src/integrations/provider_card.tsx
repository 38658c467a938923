import { Link } from '@tanstack/react-router';
import { ConnectionState, type Provider, ProviderSupport } from '../../../gen/mobius/integrations/v1/catalog_pb.js';
import { Readiness, RuntimeState } from '../../../gen/mobius/integrations/v1/readiness_pb.js';
import { Badge } from '../parts/badge.tsx';
import { Logo } from '../parts/logo.tsx';
import { Mend } from '../parts/mend.tsx';
import { isInUse, standingWord } from '../words/readiness.ts';

/** One provider: who we are there, or what it is; where it is not ready, why, and what mends it. */
export function ProviderCard({ project, provider }: { readonly project: string; readonly provider: Provider }) {
  const { id, displayName, connectionState, readiness, connection, causes } = provider;
  const word = standingWord(provider);
  const [cause] = causes;
  const account = connection?.account?.label;
  // That a provider is not connected yet is told by its badge; any other cause is worth a sentence.
  const isPlain = connectionState === ConnectionState.NEEDS_SETUP && !isInUse(provider);
  return (
    <article className="card">
      <div className="card-head">
        <Logo provider={id} name={displayName} />
        <div className="card-name">
          <h3>
            <Link to="/projects/$project/providers/$provider" params={{ project, provider: id }} className="card-link">
              {displayName}
            </Link>
          </h3>
          <span className="faint">{provider.category}</span>
        </div>
        <Badge tone={word.tone}>{word.text}</Badge>
      </div>
      <p className="card-about">
        {account ? (
          <>
            Connected as <strong>{account}</strong>
          </>
        ) : connection?.platformCredential ? (
          'Uses the platform’s own credential'
        ) : (
          provider.description
        )}
      </p>
      {cause !== undefined && !isPlain && readiness !== Readiness.READY && (
        <p className="card-cause">{cause.message}</p>
      )}
      <div className="card-foot">
        <span className="faint">{offer(provider)}</span>
        {cause !== undefined && readiness !== Readiness.READY && cause.fix?.setting === '' && (
          <Mend project={project} fix={cause.fix} look={isPlain ? 'plain' : 'primary'} />
        )}
      </div>
    </article>
  );
}

function offer({ eventTypes, actions, referenceTypes, support }: Provider): string {
  if (support === ProviderSupport.CONNECT_ONLY) return 'Sign-in only';
  const active = (list: readonly { readonly runtimeState: RuntimeState }[]): number =>
    list.filter(each => each.runtimeState !== RuntimeState.PLANNED).length;
  const parts = [
    [active(actions), 'action'],
    [active(eventTypes), 'event'],
    [active(referenceTypes), 'picker'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, noun]) => `${count} ${noun}${count === 1 ? '' : 's'}`)
    .join(' · ');
}
