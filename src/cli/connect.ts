import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Command } from 'commander';
import { ErrorInfoSchema } from '../../gen/google/rpc/error_details_pb.js';
import {
  AuthKind,
  ConnectKind,
  type ConnectSession,
  ConnectSessionStatus,
} from '../../gen/mobius/integrations/v1/integration_pb.js';
import {
  type ConnectProviderResponse,
  ConnectProviderResponseSchema,
  IntegrationService,
  WaitConnectSessionResponseSchema,
} from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { codeOf, type Reason } from '../error_reason.ts';
import { type CredentialOptions, readTyped } from './credentials.ts';
import { describeIntegration } from './integration_text.ts';
import { each, eachField, eachPair, enumOption } from './options.ts';
import { openSession, type Session } from './session.ts';

type ConnectOptions = CredentialOptions & {
  integration?: string;
  name?: string;
  authKind?: AuthKind;
  scope?: string[];
  returnUrl?: string;
  default?: boolean;
  allowOtherAccount?: boolean;
  tag?: Record<string, string>;
  requestId?: string;
  wait?: boolean;
};

export function addConnectCommand(integrations: Command): void {
  addCredentialOptions(integrations.command('connect'))
    .description('connect a provider, or reconnect an integration')
    .argument('<provider>', 'id of the provider')
    .option('--integration <id>', 'reconnect this one; its id stays')
    .option('--name <name>', "name of a new integration; default: the account's")
    .addOption(enumOption('--auth-kind <kind>', 'which way to use', AuthKind))
    .option('--config <key=value>', 'a setting that is not secret; `key:=JSON` for other than text', eachField)
    .option('--set <key=value>', "secret or setting, as the provider's form says", each)
    .option('--scope <scope>', 'scope to ask for, several times for several', each)
    .option('--return-url <url>', 'where the browser goes afterwards')
    .option('--default', "make it the project's default for the provider")
    .option('--allow-other-account', 'let a reconnect change the account')
    .option('--tag <key=value>', 'label of a new integration', eachPair)
    .option('--request-id <id>', 'makes the call repeatable for a day')
    .option('--wait', 'where a person has to consent, wait until they did')
    .action(async (provider: string, options: ConnectOptions, command: Command) => {
      const session = openSession(command);
      const { project, client } = session;
      const typed = await readTyped(session, options, { provider, authKind: options.authKind });
      const answered = await client(IntegrationService).connectProvider({
        project,
        provider,
        integrationId: options.integration,
        name: options.name,
        authKind: options.authKind,
        ...typed,
        scopes: options.scope,
        returnUrl: options.returnUrl,
        makeDefault: options.default,
        allowOtherAccount: options.allowOtherAccount,
        tags: options.tag,
        requestId: options.requestId,
      });
      if (options.wait && answered.kind === ConnectKind.REDIRECT) return await waitFor(session, answered);
      session.answer(ConnectProviderResponseSchema, answered, () => describeConnect(answered));
    });
}

export function addCredentialOptions(command: Command): Command {
  return command
    .option('--credentials-file <file>', 'JSON object with the secrets; - is stdin')
    .option('--credential <key=source>', 'one secret: `key=-` from stdin, `key=@FILE` from a file', each);
}

/** What to do next, or what came of it. */
export function describeConnect(
  answered: Pick<ConnectProviderResponse, 'kind' | 'redirectUrl' | 'sessionId' | 'integration'>,
) {
  if (answered.kind !== ConnectKind.REDIRECT) return describeIntegration(answered.integration);
  return `open in a browser:\n${answered.redirectUrl}\nconnect session ${answered.sessionId}\n`;
}

/** Follows the session to its end; a failure is told with the code of its reason. */
async function waitFor(session: Session, { redirectUrl, sessionId }: ConnectProviderResponse): Promise<void> {
  const { project, client, json } = session;
  process.stderr.write(`open in a browser:\n${redirectUrl}\n`);
  for (;;) {
    const wish = { project, session: sessionId, timeout: durationFromMs(50_000) };
    const answered = await client(IntegrationService).waitConnectSession(wish, { timeoutMs: 60_000 });
    const { session: connect } = answered;
    if (connect === undefined || connect.status === ConnectSessionStatus.PENDING) continue;
    if (connect.status !== ConnectSessionStatus.COMPLETED) throw failureOf(connect);
    const integration = json
      ? undefined
      : (await client(IntegrationService).getIntegration({ project, integration: connect.integrationId })).integration;
    session.answer(WaitConnectSessionResponseSchema, answered, () => describeIntegration(integration));
    return;
  }
}

function failureOf({ id, status, errorReason, errorMessage }: ConnectSession): ConnectError {
  const isExpired = status === ConnectSessionStatus.EXPIRED;
  const reason = isExpired ? 'SESSION_EXPIRED' : errorReason;
  const message = isExpired ? 'nobody consented in time' : errorMessage;
  const code = codeOf[reason as Reason] ?? Code.Unknown;
  return new ConnectError(message, code, undefined, [
    { desc: ErrorInfoSchema, value: { reason, metadata: { session: id } } },
  ]);
}
