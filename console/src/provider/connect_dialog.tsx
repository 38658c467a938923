import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { useMutation } from '@connectrpc/connect-query';
import { useId, useState } from 'react';
import { type AuthKindForm, ConnectMode, type Provider } from '../../../gen/mobius/integrations/v1/catalog_pb.js';
import { ConnectKind, type Integration } from '../../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../../gen/mobius/integrations/v1/integration_service_pb.js';
import { Button } from '../parts/button.tsx';
import { Fold } from '../parts/code.tsx';
import { ExternalIcon } from '../parts/icons.tsx';
import { Cause } from '../parts/mend.tsx';
import { Modal } from '../parts/modal.tsx';
import { Notice } from '../parts/notice.tsx';
import { say } from '../parts/say.ts';
import { TextField } from '../parts/text_field.tsx';
import { problemOf } from '../rpc/problem.ts';
import { useRefresh } from '../rpc/refresh.ts';
import { newRequestId } from '../rpc/request_id.ts';
import { modeWord } from '../words/readiness.ts';
import { returnUrl } from './return_url.ts';
import { type Filled, fieldsOf, SchemaForm } from './schema_form.tsx';

const isRedirect = ({ connectMode }: AuthKindForm): boolean =>
  connectMode === ConnectMode.OAUTH_REDIRECT || connectMode === ConnectMode.APP_INSTALL;

/** Connects a provider, or an integration anew: by a form, or by way of the provider's own pages. */
export function ConnectDialog({
  project,
  provider,
  again,
  onClose,
}: {
  readonly project: string;
  readonly provider: Provider;
  /** The integration to reconnect. */
  readonly again: Integration | undefined;
  readonly onClose: () => void;
}) {
  const formId = useId();
  const ways = provider.authKinds.filter(way => way.connectMode !== ConnectMode.BUILT_IN);
  const before = ways.find(way => way.authKind === again?.authKind);
  const open = ways.find(way => way.causes.length === 0);
  const [chosen, setChosen] = useState<AuthKindForm | undefined>(before ?? open ?? ways[0]);
  const [name, setName] = useState('');
  const refresh = useRefresh();
  const connect = useMutation(IntegrationService.method.connectProvider, {
    onSuccess: ({ kind, redirectUrl, integration }) => {
      if (kind === ConnectKind.REDIRECT) {
        location.assign(redirectUrl);
        return;
      }
      refresh();
      onClose();
      say(`Connected as ${integration?.account?.label ?? provider.displayName}`);
    },
  });
  const isLeaving = connect.data?.kind === ConnectKind.REDIRECT;
  const problem = connect.error === null ? undefined : problemOf(connect.error);
  const submit = ({ credentials, config }: Filled): void => {
    if (chosen === undefined) return;
    connect.mutate({
      project,
      provider: provider.id,
      authKind: chosen.authKind,
      credentials,
      config,
      integrationId: again?.id ?? '',
      name: again === undefined ? name : '',
      returnUrl: isRedirect(chosen) ? returnUrl(project, provider.id) : '',
      requestId: newRequestId(),
    });
  };
  const title = again === undefined ? `Connect ${provider.displayName}` : `Connect “${again.name}” again`;
  return (
    <Modal
      open
      onClose={onClose}
      title={title}
      about={again === undefined ? undefined : 'Its id and everything that refers to it stay.'}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            type="submit"
            form={formId}
            busy={connect.isPending || isLeaving}
            disabled={chosen === undefined || chosen.causes.length > 0}
          >
            {chosen !== undefined && isRedirect(chosen) ? (
              <>
                Continue at {provider.displayName} <ExternalIcon size={14} />
              </>
            ) : (
              'Connect'
            )}
          </Button>
        </>
      }
    >
      {ways.length > 1 && (
        <RadioGroup
          className="ways"
          aria-label="Way to connect"
          value={ways.indexOf(chosen ?? ways[0]!)}
          onValueChange={index => {
            connect.reset();
            setChosen(ways[Number(index)]);
          }}
        >
          {ways.map((way, index) => (
            // biome-ignore lint/a11y/noLabelWithoutControl: the radio inside is the control
            <label key={`${way.authKind}-${way.connectMode}`} className="way">
              <Radio.Root value={index} className="radio">
                <Radio.Indicator className="radio-dot" />
              </Radio.Root>
              <span>
                <strong>{way.title}</strong>
                <span className="faint">{modeWord(way.connectMode)}</span>
              </span>
            </label>
          ))}
        </RadioGroup>
      )}
      {chosen?.causes.map(cause => (
        <Notice key={cause.cause} tone="warn" title="This way is not open">
          <Cause project={project} cause={cause} />
        </Notice>
      ))}
      {problem !== undefined && (
        <Notice
          tone="bad"
          title={problem.reason === 'CREDENTIAL_REFUSED' ? `${provider.displayName} refused it` : 'Not connected'}
        >
          {problem.message}
        </Notice>
      )}
      {chosen !== undefined && (
        <SchemaForm
          key={ways.indexOf(chosen)}
          id={formId}
          fields={fieldsOf(chosen.schema)}
          problems={problem?.fields ?? {}}
          onSubmit={submit}
        >
          {again === undefined && (
            <TextField
              label="Name"
              about="To tell several apart. The account’s name, where you leave it empty."
              optional
              maxLength={128}
              value={name}
              onChange={event => setName(event.target.value)}
            />
          )}
          {isRedirect(chosen) && (
            <p className="faint">
              {provider.displayName} asks you to agree and sends you back here. Nothing is stored before that.
            </p>
          )}
        </SchemaForm>
      )}
      {chosen !== undefined && chosen.defaultScopes.length > 0 && (
        <Fold title={`Scopes asked for (${chosen.defaultScopes.length})`}>
          <ul className="scopes">
            {chosen.defaultScopes.map(scope => (
              <li key={scope}>
                <code>{scope}</code>
              </li>
            ))}
          </ul>
        </Fold>
      )}
    </Modal>
  );
}
