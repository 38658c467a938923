import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { OpenCredential, PlatformApp, Provider } from './providers/provider.ts';
import { Secret } from './secret.ts';

/** What the operator decides: registered apps, own credentials, what is switched off where. */
export type Platform = {
  /** Exact origins a connect session may return to. */
  readonly returnOrigins: ReadonlySet<string>;
  readonly appOf: (provider: Provider) => PlatformApp | undefined;
  readonly credentialOf: (provider: Provider) => OpenCredential | undefined;
  /** The vendor's base URLs with the operator's overrides. */
  readonly endpointsOf: (provider: Provider) => Readonly<Record<string, string>>;
  readonly isDisabled: (provider: Provider) => boolean;
  /** Whether the project's plan includes the provider. */
  readonly isInPlan: (provider: Provider, project: string) => boolean;
};

type PlatformFile = {
  return_origins?: string[];
  default_plan?: string;
  plans?: Record<string, { without?: string[] }>;
  projects?: Record<string, { plan: string }>;
  providers?: Record<string, ProviderSettings>;
};

type ProviderSettings = {
  disabled?: boolean;
  endpoints?: Record<string, string>;
  app?: Record<string, string | string[]>;
  credential?: Record<string, string>;
};

const text = { type: 'string', minLength: 1, maxLength: 16_384 };

/** The platform file's schema; `app` takes a list where a secret has several values while one replaces another. */
function schemaFor(providers: readonly Provider[]): object {
  const settingsOf = (provider: Provider): object => ({
    type: 'object',
    additionalProperties: false,
    properties: {
      disabled: { type: 'boolean' },
      endpoints: {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(
          Object.keys(provider.endpoints).map(name => [
            name,
            { type: 'string', pattern: '^https?://[^\\s?#]+[^/\\s?#]$' },
          ]),
        ),
      },
      ...(provider.app && { app: appSchema(provider.app.schema) }),
      ...(provider.platformCredential && {
        credential: { type: 'object', minProperties: 1, maxProperties: 16, additionalProperties: text },
      }),
    },
  });
  const names = { type: 'array', maxItems: 1000, items: { enum: providers.map(p => p.id) } };
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      return_origins: { type: 'array', maxItems: 20, items: { type: 'string', pattern: '^https?://[^/\\s?#]+$' } },
      default_plan: text,
      plans: {
        type: 'object',
        additionalProperties: { type: 'object', additionalProperties: false, properties: { without: names } },
      },
      projects: {
        type: 'object',
        additionalProperties: {
          type: 'object',
          additionalProperties: false,
          required: ['plan'],
          properties: { plan: text },
        },
      },
      providers: {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(providers.map(p => [p.id, settingsOf(p)])),
      },
    },
  };
}

/** A provider's app schema in which each secret may also be a list. */
function appSchema(schema: Readonly<Record<string, unknown>>): object {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, { writeOnly?: boolean }>);
  const widen = (s: { writeOnly?: boolean }): object =>
    s.writeOnly === true ? { anyOf: [s, { type: 'array', minItems: 1, maxItems: 4, items: s }] } : s;
  return { ...schema, properties: Object.fromEntries(properties.map(([name, s]) => [name, widen(s)])) };
}

/** Reads and checks the platform file; throws one Error with every problem, none with a value. No path: nothing is set. */
export function loadPlatform(path: string | undefined, providers: readonly Provider[]): Platform {
  const parsed: unknown = path === undefined ? {} : (parse(readFileSync(path, 'utf8')) ?? {});
  // Our own schema, held by tests; checking it against the meta schema is 40 ms of a start.
  const ajv = new Ajv2020({ allErrors: true, strict: false, meta: false, validateSchema: false });
  const validate = ajv.compile<PlatformFile>(schemaFor(providers));
  if (!validate(parsed)) {
    const problems = (validate.errors ?? []).map(e => {
      const extra = (e.params as { additionalProperty?: string }).additionalProperty;
      return `${e.instancePath || '/'}${extra === undefined ? '' : `/${extra}`} ${e.message}`;
    });
    throw new Error([...new Set(problems)].join('; '));
  }
  return describePlatform(parsed);
}

function describePlatform(file: PlatformFile): Platform {
  const settings = (provider: Provider): ProviderSettings => file.providers?.[provider.id] ?? {};
  const planOf = (project: string) => file.plans?.[file.projects?.[project]?.plan ?? file.default_plan ?? ''];
  return {
    returnOrigins: new Set((file.return_origins ?? []).map(o => new URL(o).origin)),
    appOf: provider => {
      const app = settings(provider).app;
      return app && provider.app && splitApp(app, provider.app.schema);
    },
    credentialOf: provider => {
      const credential = settings(provider).credential;
      if (credential === undefined || provider.platformCredential === undefined) return undefined;
      const secrets = Object.fromEntries(Object.entries(credential).map(([name, value]) => [name, new Secret(value)]));
      return { kind: provider.platformCredential.authKind, secrets };
    },
    endpointsOf: provider => ({ ...provider.endpoints, ...settings(provider).endpoints }),
    isDisabled: provider => settings(provider).disabled === true,
    isInPlan: (provider, project) => planOf(project)?.without?.includes(provider.id) !== true,
  };
}

function splitApp(app: Record<string, string | string[]>, schema: Readonly<Record<string, unknown>>): PlatformApp {
  const properties = (schema.properties ?? {}) as Record<string, { writeOnly?: boolean }>;
  const isSecret = (name: string): boolean => properties[name]?.writeOnly === true;
  const all = Object.entries(app);
  return {
    fields: Object.fromEntries(all.filter(([name]) => !isSecret(name)).map(([name, value]) => [name, String(value)])),
    secrets: Object.fromEntries(
      all.filter(([name]) => isSecret(name)).map(([name, value]) => [name, [value].flat().map(v => new Secret(v))]),
    ),
  };
}
