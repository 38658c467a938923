import { useMutation, useQuery } from '@connectrpc/connect-query';
import { useMemo, useState } from 'react';
import { FireMode } from '../../../gen/mobius/integrations/v1/event_pb.js';
import { EventService, type FireTestEventResponse } from '../../../gen/mobius/integrations/v1/event_service_pb.js';
import { Button } from '../parts/button.tsx';
import { Fold, Json } from '../parts/code.tsx';
import { Modal } from '../parts/modal.tsx';
import { Notice } from '../parts/notice.tsx';
import { say } from '../parts/say.ts';
import { Failed, Skeleton } from '../parts/states.tsx';
import { Suggest } from '../parts/suggest.tsx';
import { useSamples } from '../rpc/catalog.ts';
import { problemOf } from '../rpc/problem.ts';
import { useRefresh } from '../rpc/refresh.ts';
import { newRequestId } from '../rpc/request_id.ts';

/** Fires a provider's sample: first what would happen, then the real way, marked as a test. */
export function FireDialog({
  project,
  provider,
  onClose,
  onFired,
}: {
  readonly project: string;
  /** Empty: of any. */
  readonly provider: string;
  readonly onClose: () => void;
  readonly onFired: (event: string) => void;
}) {
  const [sampleId, setSampleId] = useState('');
  const refresh = useRefresh();
  const samples = useSamples(project, provider);
  const names = useMemo(() => new Map(samples.data?.map(each => [each.id, each.name])), [samples.data]);
  const preview = useQuery(
    EventService.method.fireTestEvent,
    { project, sampleId, mode: FireMode.PREVIEW },
    { enabled: sampleId !== '', retry: false },
  );
  const fire = useMutation(EventService.method.fireTestEvent, {
    onSuccess: ({ event }) => {
      refresh();
      say('Fired', 'It goes the way of a real event, marked as a test.');
      if (event !== undefined) onFired(event.id);
    },
  });
  return (
    <Modal
      open
      onClose={onClose}
      title="Fire a sample"
      about="It goes the way of a real event and can start automations. It is marked as a test."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            busy={fire.isPending}
            disabled={preview.data === undefined || sampleId === ''}
            onClick={() => fire.mutate({ project, sampleId, mode: FireMode.DELIVER, requestId: newRequestId() })}
          >
            Fire it
          </Button>
        </>
      }
    >
      {samples.error !== null && <Failed error={samples.error} what="The samples could not be loaded" />}
      <Suggest
        label="Sample"
        placeholder={samples.data === undefined ? 'Loading…' : 'Search samples'}
        value={sampleId}
        options={[...names.keys()]}
        about={option => names.get(option)}
        onChange={next => {
          fire.reset();
          setSampleId(next);
        }}
      />
      {fire.error !== null && (
        <Notice tone="bad" title="Not fired">
          {problemOf(fire.error).message}
        </Notice>
      )}
      {sampleId !== '' && preview.isPending && <Skeleton rows={3} label="Loading the preview" />}
      {preview.error !== null && sampleId !== '' && (
        <Notice tone="warn" title="It cannot be fired">
          {problemOf(preview.error).message}
        </Notice>
      )}
      {preview.data !== undefined && sampleId !== '' && <Preview found={preview.data} />}
    </Modal>
  );
}

function Preview({ found }: { readonly found: FireTestEventResponse }) {
  const names = found.consumers.map(({ consumer }) => consumer).join(', ');
  return (
    <div className="stack">
      {names === '' ? (
        <Notice tone="warn" title="No consumer streams such events now">
          It is kept until one does.
        </Notice>
      ) : (
        <Notice tone="info" title={`Goes to ${names}`} />
      )}
      {!found.payloadValid && (
        <Notice tone="warn" title="The payload does not fit the schema">
          {found.payloadFindings.join(' ')}
        </Notice>
      )}
      <Fold title="Payload" open>
        <Json value={found.event?.payload} label="Payload of the sample" />
      </Fold>
      <Fold title="Meta">
        <Json value={found.meta} label="Meta of the sample" />
      </Fold>
    </div>
  );
}
