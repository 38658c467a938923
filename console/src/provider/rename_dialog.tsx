import { useMutation } from '@connectrpc/connect-query';
import { useId, useState } from 'react';
import type { Integration } from '../../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../../gen/mobius/integrations/v1/integration_service_pb.js';
import { Button } from '../parts/button.tsx';
import { Modal } from '../parts/modal.tsx';
import { say } from '../parts/say.ts';
import { TextField } from '../parts/text_field.tsx';
import { problemOf } from '../rpc/problem.ts';
import { useRefresh } from '../rpc/refresh.ts';

export function RenameDialog({
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
  const [name, setName] = useState(integration.name);
  const update = useMutation(IntegrationService.method.updateIntegration, {
    onSuccess: () => {
      refresh();
      onClose();
      say(`Renamed to “${name}”`);
    },
  });
  return (
    <Modal
      open
      onClose={onClose}
      title={`Rename “${integration.name}”`}
      about="What refers to it goes by its id and stays."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={formId} busy={update.isPending}>
            Rename
          </Button>
        </>
      }
    >
      <form
        id={formId}
        onSubmit={event => {
          event.preventDefault();
          update.mutate({ project, integration: integration.id, etag: integration.etag, name });
        }}
      >
        <TextField
          label="Name"
          required
          maxLength={128}
          value={name}
          onChange={event => setName(event.target.value)}
          error={update.error === null ? undefined : problemOf(update.error).message}
        />
      </form>
    </Modal>
  );
}
