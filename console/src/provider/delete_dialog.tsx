import { useMutation, useQuery } from '@connectrpc/connect-query';
import { type ReactNode, useId, useState } from 'react';
import { type Integration, RevocationOutcome } from '../../../gen/mobius/integrations/v1/integration_pb.js';
import {
  IntegrationService,
  type PreviewImpactResponse,
} from '../../../gen/mobius/integrations/v1/integration_service_pb.js';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Modal } from '../parts/modal.tsx';
import { Notice } from '../parts/notice.tsx';
import { say } from '../parts/say.ts';
import { Loaded } from '../parts/states.tsx';
import { TextField } from '../parts/text_field.tsx';
import { type Moment, Time } from '../parts/time.tsx';
import { problemOf } from '../rpc/problem.ts';
import { useRefresh } from '../rpc/refresh.ts';
import { revocationWord, slotWord } from '../words/integration.ts';

/** Deletes for good: after what would stop was shown, and the name was typed. */
export function DeleteDialog({
  project,
  integration,
  onClose,
}: {
  readonly project: string;
  readonly integration: Integration;
  readonly onClose: () => void;
}) {
  const formId = useId();
  const refresh = useRefresh();
  const [typed, setTyped] = useState('');
  const impact = useQuery(
    IntegrationService.method.previewImpact,
    { project, integration: integration.id },
    { gcTime: 0 },
  );
  const remove = useMutation(IntegrationService.method.deleteIntegration, {
    onSuccess: ({ revocations }) => {
      refresh();
      const left = revocations.filter(each => each.outcome !== RevocationOutcome.REVOKED);
      if (left.length > 0) return;
      onClose();
      say(
        `“${integration.name}” is deleted`,
        revocations.length > 0 ? 'Its credential is revoked at the provider.' : undefined,
      );
    },
  });
  if (remove.data !== undefined) {
    return (
      <Modal
        open
        onClose={onClose}
        title={`“${integration.name}” is deleted`}
        about="Its credential is gone here. This is left for a person to do:"
        footer={
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        }
      >
        <ul className="stack plain-list">
          {remove.data.revocations.map(each => {
            const word = revocationWord(each.outcome);
            return (
              <li key={`${each.slot}-${each.version}`} className="stack tight">
                <span>
                  {slotWord(each.slot)} {each.version} <Badge tone={word.tone}>{word.text}</Badge>
                </span>
                {each.message !== '' && <span>{each.message}</span>}
              </li>
            );
          })}
        </ul>
      </Modal>
    );
  }
  return (
    <Modal
      open
      onClose={onClose}
      title={`Delete “${integration.name}”`}
      about="For good. The credential is revoked at the provider where that is possible; receipts and audit records stay."
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            look="danger"
            type="submit"
            form={formId}
            busy={remove.isPending}
            disabled={typed !== integration.name || impact.data === undefined}
          >
            Delete for good
          </Button>
        </>
      }
    >
      {remove.error !== null && (
        <Notice tone="bad" title="Not deleted">
          {problemOf(remove.error).message}
        </Notice>
      )}
      <Loaded query={impact} what="What would stop" rows={3}>
        {found => <Impact found={found} />}
      </Loaded>
      <form
        id={formId}
        onSubmit={event => {
          event.preventDefault();
          if (typed === integration.name)
            remove.mutate({ project, integration: integration.id, etag: integration.etag });
        }}
      >
        <TextField
          label={
            <>
              Type <strong>{integration.name}</strong> to confirm
            </>
          }
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={event => setTyped(event.target.value)}
        />
      </form>
    </Modal>
  );
}

type Line = { readonly key: string; readonly text: ReactNode; readonly last: Moment | undefined };

function Impact({ found }: { readonly found: PreviewImpactResponse }) {
  const groups: readonly { readonly title: string; readonly lines: readonly Line[] }[] = [
    {
      title: 'Actions that used it',
      lines: found.actions.map(a => ({
        key: a.action,
        text: (
          <>
            <code>{a.action}</code> {times(a.useCount)}
          </>
        ),
        last: a.lastUseTime,
      })),
    },
    {
      title: 'Callers that resolved it',
      lines: found.callers.map(c => ({
        key: c.caller,
        text: (
          <>
            <code>{c.caller}</code> {times(c.useCount)}
            {c.openLeaseCount > 0 && `, ${c.openLeaseCount} ${c.openLeaseCount === 1 ? 'lease' : 'leases'} open`}
          </>
        ),
        last: c.lastUseTime,
      })),
    },
    {
      title: 'Events that came through it',
      lines: found.eventTypes.map(e => ({
        key: e.eventType,
        text: (
          <>
            <code>{e.eventType}</code> {times(e.eventCount)}
          </>
        ),
        last: e.lastReceiveTime,
      })),
    },
    {
      title: 'Subscriptions that would end',
      lines: found.subscriptions.map(s => ({
        key: `${s.id}${s.target}`,
        text: s.target || s.id,
        last: s.lastDeliveryTime,
      })),
    },
    {
      title: 'References resolved through it',
      lines: found.references.map(r => ({
        key: `${r.referenceType}${r.reference?.value}`,
        text: (
          <>
            {r.reference?.label || r.reference?.value} <code>{r.referenceType}</code>
          </>
        ),
        last: r.lastUseTime,
      })),
    },
  ].filter(({ lines }) => lines.length > 0);
  if (groups.length === 0) return <Notice tone="good" title="Nothing has used it in the last 30 days" />;
  return (
    <Notice tone="warn" title="This has used it in the last 30 days and would stop">
      {groups.map(({ title, lines }) => (
        <section key={title} className="impact">
          <h3>{title}</h3>
          <ul>
            {lines.slice(0, 8).map(({ key, text, last }) => (
              <li key={key}>
                <span>{text}</span> <Time at={last} />
              </li>
            ))}
            {lines.length > 8 && <li className="faint">and {lines.length - 8} more</li>}
          </ul>
        </section>
      ))}
      {found.truncated && <p>There is more: lists end at 200.</p>}
    </Notice>
  );
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
