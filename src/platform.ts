import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { OpenCredential, PlatformApp, Provider } from './providers/provider.ts';
import { Secret } from './secret.ts';

/** What the operator decides: registered apps, own credentials, what is switched off where. */
export type Platform = {
  /** Exact origins a connect session may return to. */
  readonly returnOrigins: ReadonlySet<string>;
  readonly appOf: (provider: Provider) => PlatformApp | undefined;
  readonly credentialOf: (provider: Provider) => OpenCredential | undefined;
  /**
   * The vendor's base URLs with the operator's overrides, and with the integration's settings put in where they have a place
   * for them (`https://{shop}.vendor.com`). One whose setting is absent, or could not be part of a host's name, is left out.
   */
  readonly endpointsOf: (
    provider: Provider,
    config: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, string>>;
  /** Whether the operator put another address in the place of the vendor's. */
  readonly isOverridden: (provider: Provider, endpoint: string) => boolean;
  readonly isDisabled: (provider: Provider) => boolean;
  /** Whether the project's plan includes the provider. */
  readonly isInPlan: (provider: Provider, project: string) => boolean;
  /** Ids of the providers that it has settings for. */
  readonly ids: readonly string[];
  /** What is wrong with the settings of a provider that was not known when the file was read. */
  readonly problemsOf: (provider: Provider) => readonly string[];
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

const base = { type: 'string', pattern: '^https?://[^\\s?#]+[^/\\s?#]$' };
const credential = { type: 'object', minProperties: 1, maxProperties: 16, additionalProperties: text };
const ID_PATTERN = '^[a-z][a-z0-9_]{1,30}$';

/** A provider's settings; `app` takes a list where a secret has several values while one replaces another. */
function settingsSchema(provider: Provider): object {
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      disabled: { type: 'boolean' },
      endpoints: {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(Object.keys(provider.endpoints).map(name => [name, base])),
      },
      ...(provider.app && { app: appSchema(provider.app.schema) }),
      ...(provider.platformCredential && { credential }),
    },
  };
}

/** Of a provider that is not known yet: the same, as far as it can be said. */
const laterSettings = {
  type: 'object',
  additionalProperties: false,
  properties: {
    disabled: { type: 'boolean' },
    endpoints: { type: 'object', maxProperties: 16, additionalProperties: base },
    app: {
      type: 'object',
      maxProperties: 32,
      additionalProperties: { anyOf: [text, { type: 'array', minItems: 1, maxItems: 4, items: text }] },
    },
    credential,
  },
};

/**
 * The platform file's schema. `LATER`: there may be settings of providers that are known later only. Of those that the file does
 * not name it holds the ids alone: to compile the settings of all 186 is a second of a start.
 */
function schemaFor(providers: readonly Provider[], others: 'NONE' | 'LATER', file: unknown): object {
  const named = Object((file as PlatformFile | null)?.providers);
  const isLater = others === 'LATER';
  const id = isLater ? { type: 'string', pattern: ID_PATTERN } : { enum: providers.map(p => p.id) };
  const names = { type: 'array', maxItems: 1000, items: id };
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
        ...(isLater && { propertyNames: { pattern: ID_PATTERN } }),
        additionalProperties: isLater && laterSettings,
        properties: Object.fromEntries(
          providers.filter(p => Object.hasOwn(named, p.id)).map(p => [p.id, settingsSchema(p)]),
        ),
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

/**
 * Reads and checks the platform file; throws one Error with every problem, none with a value. No path: nothing is set. `LATER`:
 * settings of providers that are known later only are kept for them.
 */
export function loadPlatform(
  path: string | undefined,
  providers: readonly Provider[],
  others: 'NONE' | 'LATER' = 'NONE',
): Platform {
  const parsed: unknown = path === undefined ? {} : (parse(readFileSync(path, 'utf8')) ?? {});
  const validate = openAjv().compile<PlatformFile>(schemaFor(providers, others, parsed));
  if (!validate(parsed)) throw new Error(problemsOf(validate.errors).join('; '));
  return describePlatform(parsed);
}

/** For our own schemas, held by tests; checking them against the meta schema is 40 ms of a start. */
function openAjv(): Ajv2020 {
  return new Ajv2020({ allErrors: true, strict: false, meta: false, validateSchema: false });
}

function problemsOf(errors: readonly ErrorObject[] | null | undefined, below = ''): readonly string[] {
  const problems = (errors ?? []).map(({ instancePath, params, message }) => {
    const extra = (params as { additionalProperty?: string }).additionalProperty;
    return `${below}${instancePath || (below === '' ? '/' : '')}${extra === undefined ? '' : `/${extra}`} ${message}`;
  });
  return [...new Set(problems)];
}

function describePlatform(file: PlatformFile): Platform {
  const settings = (provider: Provider): ProviderSettings => file.providers?.[provider.id] ?? {};
  const apps = new WeakMap<Provider, PlatformApp>();
  /** Endpoints that no config has a part in. */
  const fixed = new WeakMap<Provider, Readonly<Record<string, string>>>();
  const planOf = (project: string) => file.plans?.[file.projects?.[project]?.plan ?? file.default_plan ?? ''];
  return {
    returnOrigins: new Set((file.return_origins ?? []).map(o => new URL(o).origin)),
    appOf: provider => {
      const { app } = settings(provider);
      if (app === undefined || provider.app === undefined) return undefined;
      const known = apps.get(provider) ?? splitApp(app, provider.app.schema);
      apps.set(provider, known);
      return known;
    },
    credentialOf: provider => {
      const credential = settings(provider).credential;
      if (credential === undefined || provider.platformCredential === undefined) return undefined;
      const secrets = Object.fromEntries(Object.entries(credential).map(([name, value]) => [name, new Secret(value)]));
      return { kind: provider.platformCredential.authKind, secrets };
    },
    endpointsOf: (provider, config) => {
      const known = fixed.get(provider);
      if (known !== undefined) return known;
      const named = { ...provider.endpoints, ...settings(provider).endpoints };
      const filled = Object.entries(named).flatMap(([name, url]) => {
        const whole = fillPlaces(url, config);
        return whole === undefined ? [] : [[name, whole] as const];
      });
      const endpoints = Object.freeze(Object.fromEntries(filled));
      if (Object.values(named).every(url => !PLACE.test(url))) fixed.set(provider, endpoints);
      return endpoints;
    },
    isOverridden: (provider, endpoint) => {
      const own = settings(provider).endpoints?.[endpoint];
      return own !== undefined && own !== provider.endpoints[endpoint];
    },
    isDisabled: provider => settings(provider).disabled === true,
    isInPlan: (provider, project) => planOf(project)?.without?.includes(provider.id) !== true,
    ids: Object.keys(file.providers ?? {}),
    problemsOf: provider => {
      const validate = openAjv().compile(settingsSchema(provider));
      return validate(settings(provider)) ? [] : problemsOf(validate.errors, `/providers/${provider.id}`);
    },
  };
}

/** Letters, digits, and dots and hyphens between them: nothing that leads out of the host's name. */
const HOST_PART = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;

const PLACE = /\{\w+\}/;

function fillPlaces(url: string, config: Readonly<Record<string, unknown>>): string | undefined {
  let isWhole = true;
  const filled = url.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = config[name];
    if (typeof value === 'string' && value.length <= 200 && HOST_PART.test(value)) return value;
    isWhole = false;
    return '';
  });
  return isWhole ? filled : undefined;
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
