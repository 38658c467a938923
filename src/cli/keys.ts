import { readFileSync } from 'node:fs';
import { type Client, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { type Command, Option } from 'commander';
import {
  GetKeyringStatusResponseSchema,
  type KeyringKey,
  RewrapKeysResponseSchema,
  RewrapPhase,
  ShredProjectResponseSchema,
  VaultService,
} from '../../gen/mobius/integrations/internal/v1/vault_service_pb.js';
import { UsageError } from './failure.ts';
import { nameOf, timeOf } from './options.ts';
import { openAnswer, readDevEnv } from './session.ts';

type OperatorOptions = { internalAddr?: string; operatorCa?: string; cert?: string; key?: string };

/** The service's own keys: for operators, over mutual TLS on the internal listener. */
export function addKeyCommands(program: Command): void {
  const keys = program
    .command('keys')
    .description("the service's own keys; for operators, by certificate")
    .addOption(new Option('--internal-addr <host:port>', 'internal listener').env('MOBIUS_INTERNAL_ADDR'))
    .addOption(new Option('--operator-ca <file>', 'CA of the internal listener (PEM)').env('MOBIUS_CA'))
    .addOption(new Option('--cert <file>', "the operator's certificate (PEM)").env('MOBIUS_OPERATOR_CERT'))
    .addOption(new Option('--key <file>', "the operator's key (PEM)").env('MOBIUS_OPERATOR_KEY'));

  keys
    .command('status')
    .description('which keys there are, and how many data keys each wraps')
    .action(async (_options: object, command: Command) => {
      const { answer, table } = openAnswer(command);
      const status = await openVault(command).getKeyringStatus({});
      answer(
        GetKeyringStatusResponseSchema,
        status,
        () =>
          table<KeyringKey>(status.keys, keyColumns) +
          `${status.backend}: ${status.dataKeyCount} data keys, ${status.staleDataKeyCount} to rewrap\n`,
      );
    });

  keys
    .command('rewrap')
    .description(
      'wrap every data key with the active key and open each again, while the service serves; may be repeated',
    )
    .option('--verify-only', 'only open every data key')
    .action(async ({ verifyOnly = false }: { verifyOnly?: boolean }, command: Command) => {
      const { answer } = openAnswer(command);
      let failed = 0n;
      for await (const told of openVault(command, false).rewrapKeys({ verifyOnly })) {
        failed = told.phase === RewrapPhase.VERIFY ? failed : told.failedCount;
        answer(RewrapKeysResponseSchema, told, () => {
          const bad = told.failedCount === 0n ? '' : `, ${told.failedCount} failed: ${told.failedProjects.join(' ')}`;
          const phase = nameOf(RewrapPhase, told.phase).toLowerCase();
          return `${phase} with ${told.keyId}: ${told.doneCount} of ${told.totalCount}${bad}\n`;
        });
      }
      if (failed > 0n) throw new Error('some data keys do not open; keep the old keys');
    });

  keys
    .command('shred')
    .description('destroy the data keys of a project: none of its credentials ever opens again')
    .argument('<project>', 'handle of the project')
    .requiredOption('--confirm <project>', 'the same again')
    .option('--reason <text>', 'why; kept in the audit record', '')
    .option('--dry-run', 'say what would be lost, and destroy nothing')
    .action(
      async (
        project: string,
        { confirm, reason, dryRun = false }: { confirm: string; reason: string; dryRun?: boolean },
        command: Command,
      ) => {
        const { answer } = openAnswer(command);
        const shredded = await openVault(command).shredProject({ project, confirmProject: confirm, reason, dryRun });
        answer(ShredProjectResponseSchema, shredded, () =>
          shredded.shredTime === undefined
            ? `${shredded.integrationCount} integrations would lose their credentials\n`
            : `${shredded.integrationCount} integrations lost their credentials; shredded ${timeOf(shredded.shredTime)}\n`,
        );
      },
    );
}

const keyColumns = [
  ['KEY', (k: KeyringKey) => k.id],
  ['ACTIVE', (k: KeyringKey) => (k.active ? 'yes' : '')],
  ['DATA KEYS', (k: KeyringKey) => String(k.dataKeyCount)],
] as const;

function openVault(command: Command, isBounded = true): Client<typeof VaultService> {
  const options = command.optsWithGlobals<OperatorOptions & { dataDir: string; timeout: number }>();
  const fallback = readDevEnv(options.dataDir);
  const need = (value: string | undefined, name: string, flag: string): string => {
    const found = value ?? fallback[name];
    if (found !== undefined && found !== '') return found;
    throw new UsageError(`${name} is not set: set it, give ${flag}, or start the service with \`make run\` here`);
  };
  const pem = (value: string | undefined, name: string, flag: string): Buffer => {
    try {
      return readFileSync(need(value, name, flag));
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(`${flag}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  };
  const transport = createGrpcTransport({
    baseUrl: `https://${need(options.internalAddr, 'MOBIUS_INTERNAL_ADDR', '--internal-addr')}`,
    ...(isBounded && { defaultTimeoutMs: options.timeout * 1000 }),
    nodeOptions: {
      ca: pem(options.operatorCa, 'MOBIUS_CA', '--operator-ca'),
      cert: pem(options.cert, 'MOBIUS_OPERATOR_CERT', '--cert'),
      key: pem(options.key, 'MOBIUS_OPERATOR_KEY', '--key'),
    },
  });
  return createClient(VaultService, transport);
}
