import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { DescService } from '@bufbuild/protobuf';
import { type DescMessage, type MessageShape, toJsonString } from '@bufbuild/protobuf';
import { type Client, createClient, type Interceptor } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { type Command, Option } from 'commander';
import { UsageError } from './failure.ts';
import { type Column, formatTable } from './table.ts';

/** One invocation: whom it talks to, as whom, about which project, and how it prints. */
export type Session = Answers & {
  readonly project: string;
  readonly json: boolean;
  client<T extends DescService>(service: T): Client<T>;
};

/** How a command tells what it learnt. */
export type Answers = {
  /** With --json the server's message as it is, else what `print` makes of it. */
  answer<T extends DescMessage>(schema: T, message: MessageShape<T>, print: () => string): void;
  table<T>(rows: readonly T[], columns: readonly Column<T>[]): string;
};

type Settings = {
  project?: string;
  addr?: string;
  token?: string;
  tokenFile?: string;
  ca?: string;
  dataDir: string;
  json?: boolean;
  timeout: number;
};

/** Flags of every command. What has an environment variable takes it from there, and else from dev.env. */
export function addSessionOptions(program: Command): void {
  program
    .addOption(new Option('--project <handle>', 'project to work in').env('MOBIUS_PROJECT'))
    .addOption(new Option('--addr <host:port>', 'rpc listener, or its http(s) URL').env('MOBIUS_RPC_ADDR'))
    .addOption(new Option('--token <token>').env('MOBIUS_TOKEN').hideHelp())
    .option('--token-file <file>', 'file with the bearer token; default: the variable MOBIUS_TOKEN')
    .option('--ca <file>', 'speak TLS and trust this CA (PEM)')
    .addOption(
      new Option('--data-dir <dir>', 'where `make run` writes dev.env, which fills in what is not set')
        .env('MOBIUS_DATA_DIR')
        .default('.data'),
    )
    .addOption(
      new Option('--timeout <seconds>', 'give up on a call after so long').default(30).argParser(text => {
        if (!/^\d{1,5}$/.test(text) || text === '0') throw new UsageError('--timeout: expected seconds, 1 to 99999');
        return Number(text);
      }),
    )
    .option('--json', "print the server's message as JSON");
}

export function openSession(command: Command): Session {
  const settings = command.optsWithGlobals<Settings>();
  if (rootOf(command).getOptionValueSource('token') === 'cli') {
    throw new UsageError(
      'a token among the arguments is there for every process to read: use MOBIUS_TOKEN or --token-file',
    );
  }
  const fallback = readDevEnv(settings.dataDir);
  const need = (value: string | undefined, name: string, flag: string): string => {
    const found = value ?? fallback[name];
    if (found !== undefined && found !== '') return found;
    throw new UsageError(`${name} is not set: set it, give ${flag}, or start the service with \`make run\` here`);
  };
  const project = need(settings.project, 'MOBIUS_PROJECT', '--project');
  const addr = need(settings.addr, 'MOBIUS_RPC_ADDR', '--addr');
  const token =
    settings.tokenFile === undefined
      ? need(settings.token, 'MOBIUS_TOKEN', '--token-file')
      : readInput('--token-file', settings.tokenFile).trim();
  const ca = settings.ca === undefined ? undefined : readInput('--ca', settings.ca);
  const authorize: Interceptor = next => request => {
    request.header.set('authorization', `Bearer ${token}`);
    return next(request);
  };
  const transport = createGrpcTransport({
    baseUrl: baseUrlOf(addr, ca !== undefined),
    interceptors: [authorize],
    defaultTimeoutMs: settings.timeout * 1000,
    ...(ca !== undefined && { nodeOptions: { ca } }),
  });
  return {
    project,
    json: settings.json === true,
    client: service => createClient(service, transport),
    ...openAnswer(command),
  };
}

/** How an invocation prints, whomever it talks to. */
export function openAnswer(command: Command): Answers {
  const settings = command.optsWithGlobals<Settings>();
  const columns = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  return {
    answer(schema, message, print) {
      const text = settings.json
        ? `${toJsonString(schema, message, { useProtoFieldName: true, prettySpaces: 2 })}\n`
        : print();
      process.stdout.write(text);
    },
    table: (rows, shape) => (rows.length === 0 ? 'none\n' : formatTable(rows, shape, columns)),
  };
}

/** The file's text; a file that cannot be read is the caller's mistake. */
export function readInput(flag: string, path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${flag}: cannot read ${path === '-' ? 'stdin' : path} (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

/** What `make run` wrote down; nothing where it did not run. */
export function readDevEnv(dataDir: string): NodeJS.Dict<string> {
  const path = join(dataDir, 'dev.env');
  return existsSync(path) ? parseEnv(readInput('--data-dir', path)) : {};
}

function baseUrlOf(addr: string, tls: boolean): string {
  const url = addr.includes('://') ? addr : `${tls ? 'https' : 'http'}://${addr}`;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new UsageError(`--addr: ${addr} is not an address; expected HOST:PORT or an http(s) URL`);
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}
