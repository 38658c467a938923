import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { CatalogView, ConnectMode } from '../../gen/mobius/integrations/v1/catalog_pb.js';
import { CatalogService } from '../../gen/mobius/integrations/v1/catalog_service_pb.js';
import { AuthKind } from '../../gen/mobius/integrations/v1/integration_pb.js';
import { UsageError } from './failure.ts';
import { readInput, type Session } from './session.ts';

export type CredentialOptions = {
  credentialsFile?: string;
  credential?: readonly string[];
  set?: readonly string[];
  config?: Record<string, JsonValue>;
};

export type Typed = { credentials: JsonObject | undefined; config: JsonObject | undefined };

type Form = { properties?: Record<string, { title?: string; writeOnly?: boolean }>; required?: string[] };

/**
 * What was typed, parted into secrets and settings. Secrets come from a file, from stdin or from a prompt that shows
 * nothing; where none were given and a terminal is there, the secrets that the form of `way` requires are asked for.
 */
export async function readTyped(
  session: Session,
  options: CredentialOptions,
  way?: { readonly provider: string; readonly authKind: AuthKind | undefined },
): Promise<Typed> {
  const credentials: JsonObject = {};
  if (options.credentialsFile !== undefined) {
    Object.assign(credentials, parseObject(readInput('--credentials-file', options.credentialsFile)));
  }
  Object.assign(credentials, readAll('--credential', options.credential));
  const config: JsonObject = { ...options.config };
  const isAsked = Object.keys(credentials).length === 0 && process.stdin.isTTY === true;
  if (way !== undefined && (isAsked || options.set !== undefined)) {
    const given = readAll('--set', options.set);
    const names = Object.keys({ ...given, ...options.config });
    const form = await findForm(session, way.provider, way.authKind, names);
    const isSecret = (name: string): boolean => form?.properties?.[name]?.writeOnly === true;
    for (const [name, value] of Object.entries(given)) (isSecret(name) ? credentials : config)[name] = value;
    const missing = (form?.required ?? []).filter(name => isSecret(name) && !(name in credentials));
    for (const name of isAsked ? missing : []) {
      credentials[name] = await askHidden(form?.properties?.[name]?.title ?? name);
    }
  }
  return { credentials: filled(credentials), config: filled(config) };
}

/** `key=-` is stdin, `key=@FILE` a file; any other text is the value. A wrong one is not repeated: it may be secret. */
function readAll(flag: string, texts: readonly string[] = []): JsonObject {
  const fields = texts.map((text): [string, string] => {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === '') throw new UsageError(`${flag}: expected KEY=-, KEY=@FILE or KEY=VALUE`);
    const path = value === '-' ? '-' : /^@(.+)$/s.exec(value)?.[1];
    return [name, path === undefined ? value : readInput(flag, path).replace(/\r?\n$/, '')];
  });
  return Object.fromEntries(fields);
}

function parseObject(text: string): JsonObject {
  try {
    const parsed = JSON.parse(text) as JsonValue;
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // What the parser says quotes the file.
  }
  throw new UsageError('--credentials-file: expected a JSON object, such as {"api_key": "..."}');
}

/** The form of the auth kind, or without one of the first inline way that takes the names given. */
async function findForm(
  session: Session,
  provider: string,
  authKind: AuthKind | undefined,
  names: readonly string[],
): Promise<Form | undefined> {
  const { project, client } = session;
  const answered = await client(CatalogService).getProvider({ project, provider, view: CatalogView.FULL });
  const ways = answered.provider?.authKinds ?? [];
  if (authKind !== undefined && authKind !== AuthKind.UNSPECIFIED) {
    return ways.find(way => way.authKind === authKind)?.schema as Form | undefined;
  }
  const byBrowser = [ConnectMode.OAUTH_REDIRECT, ConnectMode.APP_INSTALL];
  if (names.length === 0 && ways[0] !== undefined && byBrowser.includes(ways[0].connectMode)) return undefined;
  const forms = ways.map(({ schema }) => schema as Form | undefined);
  return forms.find(form => form !== undefined && names.every(name => name in (form.properties ?? {})));
}

/** One line from the terminal, not shown. */
async function askHidden(label: string): Promise<string> {
  process.stderr.write(`${label}: `);
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silence, terminal: true, historySize: 0 });
  try {
    for await (const line of lines) return line;
    throw new UsageError('nothing was typed');
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

function filled(fields: JsonObject): JsonObject | undefined {
  return Object.keys(fields).length === 0 ? undefined : fields;
}
