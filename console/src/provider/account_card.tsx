import { Menu } from '@base-ui/react/menu';
import { useMutation } from '@connectrpc/connect-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Provider } from '../../../gen/mobius/integrations/v1/catalog_pb.js';
import {
  type Integration,
  IntegrationStatus,
  RefreshFailure,
} from '../../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../../gen/mobius/integrations/v1/integration_service_pb.js';
import { ReadinessCause } from '../../../gen/mobius/integrations/v1/readiness_pb.js';
import { Badge, Tag } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Copied, Fold } from '../parts/code.tsx';
import { Facts } from '../parts/facts.tsx';
import { ChevronDown, ExternalIcon } from '../parts/icons.tsx';
import { Mend } from '../parts/mend.tsx';
import { Notice } from '../parts/notice.tsx';
import { say } from '../parts/say.ts';
import { Time } from '../parts/time.tsx';
import { problemOf } from '../rpc/problem.ts';
import { useRefresh } from '../rpc/refresh.ts';
import { useMay } from '../session/session.ts';
import { authKindWord, statusWord } from '../words/integration.ts';
import { plain } from '../words/readiness.ts';
import { History } from './history.tsx';
import { RenameDialog } from './rename_dialog.tsx';
import { RotateDialog } from './rotate_dialog.tsx';
import { Scopes } from './scopes.tsx';

type Open = 'rotate' | 'rename' | undefined;

/** One account: who we are there, how it is doing, and what can be done with it. */
export function AccountCard({
  project,
  provider,
  integration,
  onConnectAgain,
  onDelete,
}: {
  readonly project: string;
  readonly provider: Provider;
  readonly integration: Integration;
  readonly onConnectAgain: () => void;
  readonly onDelete: () => void;
}) {
  const { account, health, credential } = integration;
  const may = useMay(project);
  const [open, setOpen] = useState<Open>();
  const word = statusWord(integration.status);
  const close = (): void => setOpen(undefined);
  const isUnwell = health !== undefined && health.cause !== ReadinessCause.UNSPECIFIED;
  return (
    <article className="account" aria-label={integration.name}>
      <header className="account-head">
        <div className="account-name">
          <h2>{integration.name}</h2>
          <Badge tone={word.tone}>{word.text}</Badge>
          {integration.isDefault && <Tag>Default</Tag>}
        </div>
        {may('integrations.manage') && (
          <Steps
            project={project}
            integration={integration}
            onOpen={setOpen}
            onConnectAgain={onConnectAgain}
            onDelete={onDelete}
          />
        )}
      </header>
      {isUnwell && (
        <Notice
          tone={integration.status === IntegrationStatus.ACTIVE ? 'warn' : 'bad'}
          title={plain(ReadinessCause[health.cause])}
          action={<Mend project={project} fix={health.fix} look="primary" />}
        >
          {health.message} {health.since && <Time at={health.since} />}
        </Notice>
      )}
      <Facts
        entries={[
          [
            'Connected as',
            account && (
              <>
                {account.url ? (
                  <a href={account.url} target="_blank" rel="noreferrer noopener" className="outside">
                    {account.label || account.id} <ExternalIcon size={12} />
                    <span className="unseen"> (opens in a new tab)</span>
                  </a>
                ) : (
                  account.label || account.id
                )}{' '}
                {account.label !== '' && <code className="faint">{account.id}</code>}
              </>
            ),
          ],
          ['Credential', `${authKindWord(integration.authKind)}${credential ? `, version ${credential.version}` : ''}`],
          ['Issued', credential?.issueTime && <Time at={credential.issueTime} />],
          [
            'Ends',
            credential?.expireTime && (
              <>
                <Time at={credential.expireTime} />
                {credential.refreshable && <span className="faint"> · renewed by itself</span>}
              </>
            ),
          ],
          ['Last accepted', health?.checkTime && <Time at={health.checkTime} />],
          [
            'Last refresh',
            health &&
              health.refreshFailure !== RefreshFailure.UNSPECIFIED &&
              plain(RefreshFailure[health.refreshFailure]),
          ],
          [
            'Connected by',
            <span key="by">
              {integration.createdBy} <Time at={integration.createTime} />
            </span>,
          ],
          ['Id', <Copied key="id" text={integration.id} label="id" />],
        ]}
      />
      <Scopes integration={integration} />
      <Fold title="Credential history">
        <History project={project} integration={integration.id} />
      </Fold>
      <p className="account-links">
        {may('events.read') && (
          <Link to="/projects/$project/activity" params={{ project }} search={{ integration: integration.id }}>
            Its activity
          </Link>
        )}
        {may('audit.read') && (
          <Link to="/projects/$project/audit" params={{ project }} search={{ resource: integration.id }}>
            Its audit records
          </Link>
        )}
      </p>
      {open === 'rotate' && (
        <RotateDialog project={project} provider={provider} integration={integration} onClose={close} />
      )}
      {open === 'rename' && <RenameDialog project={project} integration={integration} onClose={close} />}
    </article>
  );
}

/** The two steps taken most stand open; the others in a menu. */
function Steps({
  project,
  integration,
  onOpen,
  onConnectAgain,
  onDelete,
}: {
  readonly project: string;
  readonly integration: Integration;
  readonly onOpen: (open: Open) => void;
  readonly onConnectAgain: () => void;
  readonly onDelete: () => void;
}) {
  const refresh = useRefresh();
  const { id, name, etag, status } = integration;
  const isActive = status === IntegrationStatus.ACTIVE;
  const test = useMutation(IntegrationService.method.testIntegration, {
    onSuccess: ({ accepted, providerTime }) => {
      refresh();
      const ms = Math.round(Number(providerTime?.seconds ?? 0) * 1_000 + (providerTime?.nanos ?? 0) / 1e6);
      if (accepted) say('The provider accepts it', `Answered in ${ms} ms.`);
      else say('The provider refuses it', 'See its health for what mends it.', 'bad');
    },
    onError: error => say('Not tested', problemOf(error).message, 'bad'),
  });
  const update = useMutation(IntegrationService.method.updateIntegration, {
    onSuccess: refresh,
    onError: error => say('Not changed', problemOf(error).message, 'bad'),
  });
  const change = (fields: { status?: IntegrationStatus; isDefault?: boolean }, done: string): void => {
    update.mutate({ project, integration: id, etag, ...fields }, { onSuccess: () => say(done) });
  };
  return (
    <div className="steps">
      <Button busy={test.isPending} onClick={() => test.mutate({ project, integration: id })}>
        Test
      </Button>
      <Button onClick={() => onOpen('rotate')}>Rotate</Button>
      <Menu.Root modal={false}>
        <Menu.Trigger className="button plain" aria-label={`More for ${name}`}>
          More <ChevronDown size={14} />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner className="float" sideOffset={4} align="end">
            <Menu.Popup className="menu">
              <Menu.Item className="menu-item" onClick={() => onOpen('rename')}>
                Rename
              </Menu.Item>
              {!integration.isDefault && (
                <Menu.Item
                  className="menu-item"
                  onClick={() => change({ isDefault: true }, `“${name}” is the default`)}
                >
                  Make default
                </Menu.Item>
              )}
              <Menu.Item className="menu-item" onClick={onConnectAgain}>
                Connect again
              </Menu.Item>
              {isActive && (
                <Menu.Item
                  className="menu-item"
                  onClick={() => change({ status: IntegrationStatus.INACTIVE }, `“${name}” is switched off`)}
                >
                  Switch off
                </Menu.Item>
              )}
              {status === IntegrationStatus.INACTIVE && (
                <Menu.Item
                  className="menu-item"
                  onClick={() => change({ status: IntegrationStatus.ACTIVE }, `“${name}” is switched on`)}
                >
                  Switch on
                </Menu.Item>
              )}
              <Menu.Separator className="menu-line" />
              <Menu.Item className="menu-item danger" onClick={onDelete}>
                Delete…
              </Menu.Item>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </div>
  );
}
