import type { AuditRecord } from '../../../gen/mobius/integrations/v1/audit_pb.js';
import { Badge } from '../parts/badge.tsx';
import { Copied } from '../parts/code.tsx';
import { Facts } from '../parts/facts.tsx';
import { Modal } from '../parts/modal.tsx';
import { Time } from '../parts/time.tsx';
import { outcomeWord } from '../words/audit.ts';
import { plain } from '../words/readiness.ts';

export function RecordPanel({ record, onClose }: { readonly record: AuditRecord; readonly onClose: () => void }) {
  const word = outcomeWord(record.outcome);
  return (
    <Modal
      look="at-side"
      open
      onClose={onClose}
      title={record.action}
      about={
        <>
          <Badge tone={word.tone}>{word.text}</Badge> <Time at={record.time} full />
        </>
      }
    >
      <div className="stack loose">
        <Facts
          entries={[
            ['Caller', <code key="caller">{record.caller}</code>],
            ['Provider', record.provider],
            ['Resource', record.resource !== '' && <Copied key="resource" text={record.resource} label="resource" />],
            ['Reason', record.reason !== '' && plain(record.reason)],
            ['What for', record.purpose !== '' && <code key="purpose">{record.purpose}</code>],
            ['Run', record.runId !== '' && <code key="run">{record.runId}</code>],
            ['Lease', record.leaseId !== '' && <code key="lease">{record.leaseId}</code>],
            ['Record', <Copied key="id" text={record.id} label="record id" />],
          ]}
        />
        {record.changes.length > 0 && (
          <section>
            <h3 className="part-title">What changed</h3>
            <ul className="changes">
              {record.changes.map(change => (
                <li key={change.field}>
                  <code>{change.field}</code>
                  <span>
                    {change.before !== '' && <del>{change.before}</del>}{' '}
                    {change.after !== '' && <ins>{change.after}</ins>}
                  </span>
                </li>
              ))}
            </ul>
          </section>
        )}
        <section>
          <h3 className="part-title">Its place in the chain</h3>
          <Facts
            entries={[
              ['Chain', <code key="chain">{record.chain}</code>],
              ['Number', record.sequence.toLocaleString('en')],
              [
                'Hash',
                <code key="hash" className="hash">
                  {record.hash}
                </code>,
              ],
              [
                'Before it',
                record.previousHash !== '' && (
                  <code key="before" className="hash">
                    {record.previousHash}
                  </code>
                ),
              ],
            ]}
          />
        </section>
      </div>
    </Modal>
  );
}
