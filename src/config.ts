import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConsoleSettings } from './console/settings.ts';
import type { EventSettings } from './events/settings.ts';
import { Secret } from './secret.ts';

export type Listen = { readonly host: string; readonly port: number };

export type Tls = { readonly cert: string; readonly key: string };

export type Config = {
  readonly databaseUrl: string;
  /** The owner of the tables, who migrates. Absent: the role of `databaseUrl` does, and owns them. */
  readonly migrationDatabaseUrl: string | undefined;
  readonly poolMax: number;
  readonly edgeListen: Listen;
  readonly rpcListen: Listen;
  readonly internalListen: Listen;
  readonly metricsListen: Listen;
  /** How the internet reaches the edge: the base of callback and webhook URLs. Absent: the edge's own address. */
  readonly publicUrl: string | undefined;
  /** A path, the keyring's JSON itself, or URLs parted by blanks. */
  readonly keyring: string;
  /** What a keyring may need beside its URL. */
  readonly keyringSecrets: { readonly vaultToken?: Secret | undefined; readonly pkcs11Pin?: Secret | undefined };
  readonly accessFile: string;
  readonly platformFile: string | undefined;
  /** Where people's own providers are declared, one manifest a file. Absent: there are none. */
  readonly providersDir: string | undefined;
  readonly internalTls: Tls & { readonly clientCa: string };
  /** Absent: rpc speaks h2c, and TLS ends before it. */
  readonly rpcTls: Tls | undefined;
  readonly issuer: { readonly url: string; readonly audience: string; readonly jwks: string };
  readonly events: EventSettings;
  /** Absent: no console is served. */
  readonly console: ConsoleSettings | undefined;
  readonly logLevel: string;
  /** Whether this process crawls reference lists in the background. Those that a lookup finds young are filled anyway. */
  readonly crawlsReferences: boolean;
  /** Whether this process makes and keeps webhooks at vendors, and reads those that send none. */
  readonly tendsSubscriptions: boolean;
};

/** All that is wrong with the configuration, one line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration is wrong:\n${problems.map(p => `  ${p}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of this process, for programs that start the service and pass them on. */
export function readEnvironment(): Environment {
  return process.env;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Reads the service's configuration; throws ConfigError naming every variable that is missing or wrong, and why. */
export function loadConfig(env: Environment = process.env): Config {
  const problems: string[] = [];
  const problem = (name: string, reason: string): void => {
    problems.push(`${name}: ${reason}`);
  };
  const required = (name: string, what: string): string => {
    const value = env[name];
    if (value !== undefined && value !== '') return value;
    problem(name, `is not set; expected ${what}`);
    return '';
  };
  const optional = (name: string): string | undefined => env[name] || undefined;
  const secret = (name: string): Secret | undefined => (env[name] ? new Secret(env[name]) : undefined);

  const listen = (name: string, fallback: string): Listen => {
    const text = env[name] || fallback;
    const match = /^(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})$/.exec(text);
    if (match === null || Number(match[2]) > 65_535) {
      problem(name, `is not an address; expected HOST:PORT such as ${fallback}, port 0 for any free one`);
      return { host: '', port: 0 };
    }
    return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port: Number(match[2]) };
  };
  const url = (name: string, value: string, protocols: readonly string[]): string => {
    if (value === '') return value;
    if (!URL.canParse(value)) problem(name, 'is not a URL');
    else if (!protocols.includes(new URL(value).protocol)) problem(name, `must begin with ${protocols.join(' or ')}`);
    return value;
  };
  const path = (name: string, value: string, what: 'file' | 'directory' = 'file'): string => {
    if (value === '') return value;
    if (!existsSync(value)) problem(name, `names a ${what} that does not exist`);
    else if (what === 'directory' && !statSync(value).isDirectory()) problem(name, 'is not a directory');
    return resolve(value);
  };
  const file = (name: string, what: string): string => {
    const value = required(name, what);
    if (value === '') return '';
    try {
      return readFileSync(value, 'utf8');
    } catch (error) {
      problem(name, `the file cannot be read (${(error as NodeJS.ErrnoException).code})`);
      return '';
    }
  };
  const integer = (name: string, fallback: number, min: number, max: number): number => {
    const text = env[name] || String(fallback);
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    problem(name, `must be a whole number from ${min} to ${max}`);
    return fallback;
  };
  const natsUrl = (): Secret | undefined => {
    const value = optional('MOBIUS_NATS_URL');
    return value && url('MOBIUS_NATS_URL', value, ['nats:', 'tls:']) ? new Secret(value) : undefined;
  };
  const jwks = (): string => {
    const value = required('MOBIUS_JWKS', "the issuer's key set: an https URL or a file");
    return /^https?:/.test(value) ? url('MOBIUS_JWKS', value, ['https:']) : path('MOBIUS_JWKS', value);
  };
  const rpcTls = (): Tls | undefined => {
    if (optional('MOBIUS_RPC_TLS_CERT') === undefined && optional('MOBIUS_RPC_TLS_KEY') === undefined) return undefined;
    return { cert: file('MOBIUS_RPC_TLS_CERT', 'a PEM file'), key: file('MOBIUS_RPC_TLS_KEY', 'a PEM file') };
  };
  const onOff = (name: string, fallback: 'on' | 'off'): boolean => {
    const value = env[name] || fallback;
    if (value !== 'on' && value !== 'off') problem(name, 'must be on or off');
    return value === 'on';
  };
  const consoleSettings = (): ConsoleSettings | undefined => {
    if (!onOff('MOBIUS_CONSOLE', 'off')) return undefined;
    const keys = required('MOBIUS_CONSOLE_SESSION_KEY', 'what seals sessions: 32 characters or more').split(/\s+/);
    if (keys.some(key => key !== '' && key.length < 32))
      problem('MOBIUS_CONSOLE_SESSION_KEY', 'is under 32 characters');
    return {
      clientId: required('MOBIUS_CONSOLE_CLIENT_ID', "the console's client id at MOBIUS_ISSUER"),
      clientSecret: secret('MOBIUS_CONSOLE_CLIENT_SECRET'),
      scope: env.MOBIUS_CONSOLE_SCOPE || 'openid profile',
      sessionKeys: keys.filter(key => key !== '').map(key => new Secret(key)),
    };
  };
  const logLevel = env.MOBIUS_LOG_LEVEL || 'info';
  if (!LOG_LEVELS.includes(logLevel)) problem('MOBIUS_LOG_LEVEL', `must be one of ${LOG_LEVELS.join(', ')}`);
  const databaseUrl = (name: string, value: string): string => url(name, value, ['postgres:', 'postgresql:']);
  const migrationDatabaseUrl = optional('MOBIUS_MIGRATION_DATABASE_URL');
  const publicUrl = optional('MOBIUS_PUBLIC_URL');
  const platformFile = optional('MOBIUS_PLATFORM_FILE');
  const providersDir = optional('MOBIUS_PROVIDERS_DIR');

  const config: Config = {
    databaseUrl: databaseUrl('DATABASE_URL', required('DATABASE_URL', 'postgres://USER:PASSWORD@HOST:PORT/DATABASE')),
    migrationDatabaseUrl: migrationDatabaseUrl && databaseUrl('MOBIUS_MIGRATION_DATABASE_URL', migrationDatabaseUrl),
    poolMax: integer('MOBIUS_POOL_MAX', 16, 2, 200),
    edgeListen: listen('MOBIUS_EDGE_LISTEN', '127.0.0.1:8080'),
    rpcListen: listen('MOBIUS_RPC_LISTEN', '127.0.0.1:50051'),
    internalListen: listen('MOBIUS_INTERNAL_LISTEN', '127.0.0.1:50052'),
    metricsListen: listen('MOBIUS_METRICS_LISTEN', '127.0.0.1:9464'),
    publicUrl: publicUrl && url('MOBIUS_PUBLIC_URL', publicUrl, ['https:', 'http:']).replace(/\/+$/, ''),
    keyring: required('MOBIUS_KEYRING', 'a keyring file or a keyring URL'),
    keyringSecrets: { vaultToken: secret('VAULT_TOKEN'), pkcs11Pin: secret('MOBIUS_PKCS11_PIN') },
    accessFile: path('MOBIUS_ACCESS_FILE', required('MOBIUS_ACCESS_FILE', 'access.yaml')),
    platformFile: platformFile && path('MOBIUS_PLATFORM_FILE', platformFile),
    providersDir: providersDir && path('MOBIUS_PROVIDERS_DIR', providersDir, 'directory'),
    internalTls: {
      cert: file('MOBIUS_INTERNAL_TLS_CERT', "the internal listener's certificate, a PEM file"),
      key: file('MOBIUS_INTERNAL_TLS_KEY', "the internal listener's key, a PEM file"),
      clientCa: file('MOBIUS_INTERNAL_CLIENT_CA', 'the CA that signs trusted callers, a PEM file'),
    },
    rpcTls: rpcTls(),
    issuer: {
      url: required('MOBIUS_ISSUER', "the issuer (`iss`) of callers' tokens"),
      audience: required('MOBIUS_AUDIENCE', "the audience (`aud`) of callers' tokens"),
      jwks: jwks(),
    },
    events: {
      endpointPerSecond: integer('MOBIUS_ENDPOINT_DELIVERIES_PER_SECOND', 1_000, 1, 1_000_000),
      projectPerSecond: integer('MOBIUS_PROJECT_DELIVERIES_PER_SECOND', 500, 1, 1_000_000),
      rejectionsPerMinute: integer('MOBIUS_REJECTIONS_PER_MINUTE', 60, 1, 1_000_000),
      replaysPerMinute: integer('MOBIUS_REPLAYS_PER_MINUTE', 10_000, 1, 1_000_000),
      receiptDays: integer('MOBIUS_RECEIPT_DAYS', 30, 1, 3_650),
      keepsMailText: onOff('MOBIUS_EVENT_MAIL_TEXT', 'off'),
      natsUrl: natsUrl(),
    },
    console: consoleSettings(),
    logLevel,
    crawlsReferences: onOff('MOBIUS_REFERENCE_CRAWL', 'on'),
    tendsSubscriptions: onOff('MOBIUS_SUBSCRIPTIONS', 'on'),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}
