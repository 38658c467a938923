import { useMutation } from '@connectrpc/connect-query';
import { useId, useState } from 'react';
import { ConnectMode, type Provider } from '../../../gen/mobius/integrations/v1/catalog_pb.js';
import { ConnectKind, CredentialSlot, type Integration } from '../../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../../gen/mobius/integrations/v1/integration_service_pb.js';
import { Button } from '../parts/button.tsx';
import { Choice } from '../parts/choice.tsx';
import { Modal } from '../parts/modal.tsx';
import { Notice } from '../parts/notice.tsx';
import { say } from '../parts/say.ts';
import { problemOf } from '../rpc/problem.ts';
import { useRefresh } from '../rpc/refresh.ts';
import { newRequestId } from '../rpc/request_id.ts';
import { returnUrl } from './return_url.ts';
import { fieldsOf, SchemaForm } from './schema_form.tsx';

const overlaps = [
  { value: '0', label: 'None: the old one is destroyed at once' },
  { value: '600', label: '10 minutes' },
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '24 hours' },
] as const;

/** Replaces a secret. The old one may be kept for a while, for what still uses it. */
export function RotateDialog({
  project,
  provider,
  integration,
  onClose,
}: {
  readonly project: string;
  readonly provider: Provider;
  readonly integration: Integration;
  readonly onClose: () => void;
}) {
  const formId = useId();
  const refresh = useRefresh();
  const [overlap, setOverlap] = useState<string>('600');
  const [slot, setSlot] = useState<'primary' | 'webhook'>('primary');
  const way = provider.authKinds.find(each => each.authKind === integration.authKind);
  const webhookField = way?.webhookSigningField ?? '';
  const isWebhook = slot === 'webhook';
  const isRedirect =
    !isWebhook && (way?.connectMode === ConnectMode.OAUTH_REDIRECT || way?.connectMode === ConnectMode.APP_INSTALL);
  const secrets = isRedirect
    ? []
    : fieldsOf(way?.schema).filter(field => field.isSecret && (field.name === webhookField) === isWebhook);
  const rotate = useMutation(IntegrationService.method.rotateCredential, {
    onSuccess: ({ kind, redirectUrl }) => {
      if (kind === ConnectKind.REDIRECT) {
        location.assign(redirectUrl);
        return;
      }
      refresh();
      onClose();
      say(
        'Rotated',
        overlap === '0' ? 'The old secret is destroyed.' : 'The old secret is kept until the overlap ends.',
      );
    },
  });
  const problem = rotate.error === null ? undefined : problemOf(rotate.error);
  return (
    <Modal
      open
      onClose={onClose}
      title={`Rotate “${integration.name}”`}
      about="The new secret is proved at the provider before it is used. Automations keep pointing to the same integration."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            type="submit"
            form={formId}
            busy={rotate.isPending || rotate.data?.kind === ConnectKind.REDIRECT}
          >
            {isRedirect ? `Continue at ${provider.displayName}` : 'Rotate'}
          </Button>
        </>
      }
    >
      {problem !== undefined && (
        <Notice
          tone="bad"
          title={problem.reason === 'CREDENTIAL_REFUSED' ? `${provider.displayName} refused it` : 'Not rotated'}
        >
          {problem.message} The old secret stays.
        </Notice>
      )}
      {webhookField !== '' && (
        <Choice
          above
          label="Secret"
          value={slot}
          options={[
            { value: 'primary', label: 'Credential' },
            { value: 'webhook', label: 'Webhook secret' },
          ]}
          onChange={next => {
            rotate.reset();
            setSlot(next);
          }}
        />
      )}
      <SchemaForm
        key={slot}
        id={formId}
        fields={secrets.map(field => ({ ...field, isRequired: field.isRequired || isWebhook }))}
        problems={problem?.fields ?? {}}
        onSubmit={({ credentials }) =>
          rotate.mutate({
            project,
            integration: integration.id,
            slot: isWebhook ? CredentialSlot.WEBHOOK_SECRET : CredentialSlot.PRIMARY,
            credentials: isRedirect ? undefined : credentials,
            overlap: { seconds: BigInt(overlap) },
            etag: integration.etag,
            returnUrl: isRedirect ? returnUrl(project, provider.id) : '',
            requestId: newRequestId(),
          })
        }
      >
        <Choice above label="Keep the old one for" value={overlap} options={overlaps} onChange={setOverlap} />
      </SchemaForm>
    </Modal>
  );
}
