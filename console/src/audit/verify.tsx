import { callUnaryMethod, useTransport } from '@connectrpc/connect-query';
import { useMutation } from '@tanstack/react-query';
import { AuditFaultKind } from '../../../gen/mobius/integrations/v1/audit_pb.js';
import { AuditService, type VerifyAuditChainResponse } from '../../../gen/mobius/integrations/v1/audit_service_pb.js';
import { Button } from '../parts/button.tsx';
import { Fold } from '../parts/code.tsx';
import { AuditIcon } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { Failed } from '../parts/states.tsx';
import { plain } from '../words/readiness.ts';

/** Recomputes the hashes of every record when asked to, and says what was found. */
export function Verify({ project }: { readonly project: string }) {
  const transport = useTransport();
  const verify = useMutation({
    mutationFn: () => callUnaryMethod(transport, AuditService.method.verifyAuditChain, { project }),
  });
  return (
    <section className="verify">
      <div className="verify-ask">
        <AuditIcon />
        <p>Each record carries the hash of the one before. Verifying recomputes them all.</p>
        <Button busy={verify.isPending} onClick={() => verify.mutate()}>
          {verify.isPending ? 'Verifying every record…' : 'Verify the chain'}
        </Button>
      </div>
      {verify.error !== null && <Failed error={verify.error} what="It could not be verified" />}
      {verify.data !== undefined && !verify.isPending && <Found found={verify.data} />}
    </section>
  );
}

function Found({ found }: { readonly found: VerifyAuditChainResponse }) {
  const count = `${found.recordCount.toLocaleString('en')} ${found.recordCount === 1n ? 'record' : 'records'}`;
  const chains = Object.entries(found.heads);
  return (
    <Notice
      tone={found.intact ? 'good' : 'bad'}
      title={found.intact ? `Intact: ${count} verified` : `${found.faults.length} faults in ${count}`}
    >
      {found.faults.length > 0 && (
        <ul>
          {found.faults.slice(0, 50).map(fault => (
            <li key={`${fault.chain}-${fault.sequence}-${fault.kind}`}>
              {plain(AuditFaultKind[fault.kind])}: number {fault.sequence.toLocaleString('en')} of{' '}
              <code>{fault.chain}</code> {fault.recordId !== '' && <code>{fault.recordId}</code>}
            </li>
          ))}
        </ul>
      )}
      <Fold title={`Last hashes of ${chains.length} ${chains.length === 1 ? 'chain' : 'chains'}, to be kept elsewhere`}>
        <ul className="hashes">
          {chains.map(([chain, hash]) => (
            <li key={chain}>
              <code>{chain}</code> <code className="hash">{hash}</code>
            </li>
          ))}
        </ul>
      </Fold>
    </Notice>
  );
}
