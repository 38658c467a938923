import type { JsonValue } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import type { Command } from 'commander';
import {
  CredentialSlot,
  type Integration,
  IntegrationStatus,
  RevocationOutcome,
} from '../../gen/mobius/integrations/v1/integration_pb.js';
import {
  DeleteIntegrationResponseSchema,
  GetIntegrationResponseSchema,
  IntegrationService,
  ListIntegrationsResponseSchema,
  RotateCredentialResponseSchema,
  TestIntegrationResponseSchema,
  UpdateIntegrationResponseSchema,
} from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { addConnectCommand, addCredentialOptions, describeConnect } from './connect.ts';
import { type CredentialOptions, readTyped } from './credentials.ts';
import { describeIntegration, integrationColumns } from './integration_text.ts';
import {
  addPageOptions,
  eachField,
  eachPair,
  enumOption,
  moreOf,
  nameOf,
  type PageOptions,
  readPages,
  span,
} from './options.ts';
import { openSession } from './session.ts';

type ListOptions = PageOptions & { provider?: string; status?: IntegrationStatus };
type UpdateOptions = {
  name?: string;
  default?: boolean;
  status?: IntegrationStatus;
  config?: Record<string, JsonValue>;
  tag?: Record<string, string>;
  clearTags?: boolean;
  etag?: string;
};
type RotateOptions = CredentialOptions & {
  slot?: CredentialSlot;
  overlap?: number;
  etag?: string;
  returnUrl?: string;
  requestId?: string;
};

export function addIntegrationCommands(program: Command): void {
  const integrations = program.command('integrations').description("the project's connections to providers");

  addPageOptions(integrations.command('list'))
    .description('integrations, oldest first; * is the default of its provider')
    .option('--provider <id>', 'only of this provider')
    .addOption(enumOption('--status <status>', 'only in this status', IntegrationStatus))
    .action(async (options: ListOptions, command: Command) => {
      const { project, client, answer, table } = openSession(command);
      const { provider, status } = options;
      const answered = await readPages(
        options,
        page => client(IntegrationService).listIntegrations({ project, provider, status, ...page }),
        page => page.integrations,
      );
      answer(
        ListIntegrationsResponseSchema,
        answered,
        () => table<Integration>(answered.integrations, integrationColumns) + moreOf(answered),
      );
    });

  integrations
    .command('get')
    .description('one integration')
    .argument('<integration>', 'id, `intg_…`')
    .action(async (integration: string, _options: object, command: Command) => {
      const { project, client, answer } = openSession(command);
      const answered = await client(IntegrationService).getIntegration({ project, integration });
      answer(GetIntegrationResponseSchema, answered, () => describeIntegration(answered.integration));
    });

  addConnectCommand(integrations);

  integrations
    .command('update')
    .description('change what is given, leave the rest')
    .argument('<integration>', 'id, `intg_…`')
    .option('--name <name>', 'new name')
    .option('--default', 'make it the default of its provider')
    .option('--no-default', 'leave the provider without a default')
    .addOption(enumOption('--status <status>', 'active or inactive', IntegrationStatus))
    .option(
      '--config <key=value>',
      'new settings, in place of all old ones; `key:=JSON` for other than text',
      eachField,
    )
    .option('--tag <key=value>', 'new labels, in place of all old ones', eachPair)
    .option('--clear-tags', 'remove all labels')
    .option('--etag <etag>', 'only if it has not changed since')
    .action(async (integration: string, options: UpdateOptions, command: Command) => {
      const { project, client, answer } = openSession(command);
      const { name, status, config, tag: tags, clearTags, etag, default: isDefault } = options;
      const wish = { project, integration, name, isDefault, status, config, tags, clearTags, etag };
      const answered = await client(IntegrationService).updateIntegration(wish);
      answer(UpdateIntegrationResponseSchema, answered, () => describeIntegration(answered.integration));
    });

  integrations
    .command('test')
    .description('try the credential at the provider')
    .argument('<integration>', 'id, `intg_…`')
    .action(async (integration: string, _options: object, command: Command) => {
      const { project, client, answer } = openSession(command);
      const answered = await client(IntegrationService).testIntegration({ project, integration });
      answer(
        TestIntegrationResponseSchema,
        answered,
        () =>
          `${answered.accepted ? 'accepted' : 'refused'} by the provider\n${describeIntegration(answered.integration)}`,
      );
    });

  addCredentialOptions(integrations.command('rotate'))
    .description('replace a secret; automations keep working')
    .argument('<integration>', 'id, `intg_…`')
    .addOption(enumOption('--slot <slot>', 'which secret', CredentialSlot))
    .option('--overlap <span>', 'how long the old one is kept, such as 1h; default: not at all', span)
    .option('--etag <etag>', 'only if it has not changed since')
    .option('--return-url <url>', 'where the browser goes afterwards')
    .option('--request-id <id>', 'makes the call repeatable for a day')
    .action(async (integration: string, options: RotateOptions, command: Command) => {
      const session = openSession(command);
      const { project, client, answer } = session;
      const { slot, etag, returnUrl, requestId } = options;
      const { credentials } = await readTyped(session, options);
      const overlap = options.overlap === undefined ? undefined : durationFromMs(options.overlap);
      const wish = { project, integration, slot, credentials, overlap, etag, returnUrl, requestId };
      const answered = await client(IntegrationService).rotateCredential(wish);
      answer(RotateCredentialResponseSchema, answered, () => describeConnect(answered));
    });

  integrations
    .command('delete')
    .description('delete for good, and revoke the credential at the provider')
    .argument('<integration>', 'id, `intg_…`')
    .option('--etag <etag>', 'only if it has not changed since')
    .action(async (integration: string, { etag }: { etag?: string }, command: Command) => {
      const { project, client, answer } = openSession(command);
      const answered = await client(IntegrationService).deleteIntegration({ project, integration, etag });
      const lines = answered.revocations.map(({ outcome, message }) =>
        ['credential', nameOf(RevocationOutcome, outcome), message].filter(Boolean).join(' '),
      );
      answer(DeleteIntegrationResponseSchema, answered, () => [`deleted ${integration}`, ...lines, ''].join('\n'));
    });
}
