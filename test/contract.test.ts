import { readdirSync, readFileSync } from 'node:fs';
import {
  create,
  createRegistry,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescMethod,
  getOption,
  hasOption,
  ScalarType,
} from '@bufbuild/protobuf';
import {
  DurationSchema,
  FieldOptionsSchema,
  MethodOptions_IdempotencyLevel as Idempotency,
  TimestampSchema,
} from '@bufbuild/protobuf/wkt';
import { createValidator } from '@bufbuild/protovalidate';
import { file_buf_validate_validate as published } from '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js';
import { describe, expect, test } from 'vitest';
import {
  type FieldRules,
  field as fieldRules,
  file_buf_validate_validate as ours,
} from '../gen/buf/validate/validate_pb.js';
import { http } from '../gen/google/api/annotations_pb.js';
import { requires } from '../gen/mobius/access/v1/access_pb.js';
import {
  ResolveCredentialRequestSchema,
  WatchCredentialsRequestSchema,
} from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { AcknowledgeSourceEventsRequestSchema } from '../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import { ErrorReason } from '../gen/mobius/integrations/v1/error_pb.js';
import { ListIntegrationEventsRequestSchema } from '../gen/mobius/integrations/v1/event_service_pb.js';
import {
  ConnectProviderRequestSchema,
  ListIntegrationsRequestSchema,
  UpdateIntegrationRequestSchema,
  WaitConnectSessionRequestSchema,
} from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { ReadinessCause } from '../gen/mobius/integrations/v1/readiness_pb.js';

const gen = new URL('../gen/mobius/integrations/', import.meta.url);
const files: DescFile[] = [];
for (const name of readdirSync(gen, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('_pb.js'))) {
  const module: Record<string, unknown> = await import(new URL(name, gen).href);
  files.push(
    ...(Object.entries(module).flatMap(([key, value]) => (key.startsWith('file_') ? [value] : [])) as DescFile[]),
  );
}
const services = files.flatMap(file => file.services);
const methods = services.flatMap(service => service.methods);
const messages = files.flatMap(file => file.messages);
const isPublic = (method: DescMethod) => method.parent.file.proto.package === 'mobius.integrations.v1';
const nameOf = (method: DescMethod) => `${method.parent.name}.${method.name}`;

const surface = {
  CatalogService: 'ListProviders GetProvider ListEventTypes ListActions GetAction CheckActionInputs WatchReadiness',
  IntegrationService:
    'ConnectProvider GetConnectSession WaitConnectSession ListIntegrations GetIntegration UpdateIntegration DeleteIntegration CopyIntegration RotateCredential TestIntegration PreviewImpact RevokeIntegrations',
  EventService:
    'ListIntegrationEvents GetIntegrationEvent ExplainDelivery ReplayIntegrationEvents ListEventSamples FireTestEvent',
  ReferenceService: 'ListReferenceTypes LookupReferences ResolveReferences RefreshReferences',
  AuditService: 'ListAuditRecords VerifyAuditChain',
  CredentialService: 'ResolveCredential ReleaseCredential ListCredentialLeases SendAuthorizedRequest WatchCredentials',
  SourceEventService:
    'StreamSourceEvents AcknowledgeSourceEvents ReportOutcome ListDeadSourceEvents ReviveSourceEvents',
  ReferenceFeedService: 'PutReferences RemoveReferences',
  VaultService: 'GetKeyringStatus RewrapKeys ShredProject',
};
const streams = [
  'CatalogService.WatchReadiness',
  'CredentialService.WatchCredentials',
  'SourceEventService.StreamSourceEvents',
  'VaultService.RewrapKeys',
];

test('the services and methods are the published ones', () => {
  const found = Object.fromEntries(services.map(service => [service.name, service.methods.map(m => m.name).join(' ')]));
  expect(found).toEqual(surface);
  const streaming = methods.filter(method => method.methodKind === 'server_streaming').map(nameOf);
  expect(streaming.toSorted()).toEqual(streams);
  expect(methods.filter(method => !['unary', 'server_streaming'].includes(method.methodKind))).toEqual([]);
});

describe('the trimmed validate.proto', () => {
  const library = createRegistry(published);

  test('has the names, numbers and types of the library', () => {
    expect(ours.messages.length).toBeGreaterThan(8);
    const shape = (field: DescField) => ({
      number: field.number,
      kind: field.fieldKind,
      type: field.message?.typeName ?? field.enum?.typeName ?? field.scalar,
      oneof: field.oneof?.name,
    });
    for (const message of ours.messages) {
      const original = library.getMessage(message.typeName);
      expect(original, message.typeName).toBeDefined();
      for (const field of message.fields) {
        const counterpart = original?.fields.find(candidate => candidate.name === field.name);
        expect(counterpart && shape(counterpart), field.toString()).toEqual(shape(field));
      }
    }
    for (const declared of ours.enums) {
      const values = library.getEnum(declared.typeName)?.values.map(value => [value.name, value.number]);
      expect(values, declared.typeName).toEqual(declared.values.map(value => [value.name, value.number]));
    }
  });

  test('extends the same options under the same numbers', () => {
    for (const extension of ours.extensions) {
      const original = library.getExtension(extension.typeName);
      expect(original?.number, extension.typeName).toBe(extension.number);
      expect(original?.extendee.typeName).toBe(extension.extendee.typeName);
      expect(original?.message?.typeName).toBe(extension.message?.typeName);
    }
    expect(ours.extensions.map(extension => extension.typeName).toSorted()).toEqual([
      'buf.validate.field',
      'buf.validate.oneof',
    ]);
  });
});

describe('every method', () => {
  test.each(methods.map(method => [nameOf(method), method] as const))('%s says who may call it', (_, method) => {
    expect(hasOption(method, requires)).toBe(true);
    const { permission, projectScoped } = getOption(method, requires);
    expect(permission).toMatch(/^[a-z_]+\.[a-z]+$/);
    const first = method.input.fields.find(field => field.number === 1);
    const namesProject = first?.name === 'project' && first.scalar === ScalarType.STRING;
    expect(projectScoped, 'a project in field 1 goes with project_scoped').toBe(namesProject);
  });

  test('that reads is free of side effects, and only such are', () => {
    const reads = /^(Get|List|Lookup|Wait|Watch|Explain|Preview|Verify)|^ResolveReferences$/;
    for (const method of methods) {
      const free = method.idempotency === Idempotency.NO_SIDE_EFFECTS;
      expect(free, nameOf(method)).toBe(reads.test(method.name));
    }
  });

  test('that is neither a read nor repeatable takes a request_id, or is one of three that are new each time', () => {
    const once = methods.filter(method => method.idempotency === Idempotency.IDEMPOTENCY_UNKNOWN);
    const without = once.filter(method => !method.input.fields.some(field => field.name === 'request_id'));
    expect(without.map(nameOf).toSorted()).toEqual([
      'CredentialService.ResolveCredential',
      'CredentialService.SendAuthorizedRequest',
      'SourceEventService.StreamSourceEvents',
    ]);
  });

  test('that lists is paged', () => {
    for (const method of methods.filter(candidate => candidate.name.startsWith('List'))) {
      const names = [...method.input.fields, ...method.output.fields].map(field => field.name);
      expect(names, nameOf(method)).toEqual(expect.arrayContaining(['page_size', 'page_token', 'next_page_token']));
    }
  });
});

describe('REST', () => {
  const routes = methods
    .filter(method => hasOption(method, http))
    .map(method => {
      const { pattern, body } = getOption(method, http);
      return { method, verb: pattern.case ?? '', path: typeof pattern.value === 'string' ? pattern.value : '', body };
    });

  test('serves every public method but the streams, and no internal one', () => {
    expect(routes.map(route => nameOf(route.method)).toSorted()).toEqual(
      methods
        .filter(method => isPublic(method) && method.methodKind === 'unary')
        .map(nameOf)
        .toSorted(),
    );
  });

  test('has the published paths', () => {
    const p = '/v1/projects/{project}';
    expect(routes.map(route => `${route.verb} ${route.path} ${route.method.name}`)).toEqual(
      expect.arrayContaining([
        `get ${p}/integrations/providers ListProviders`,
        `get ${p}/integrations/providers/{provider} GetProvider`,
        `post ${p}/integrations/providers/{provider}/connect ConnectProvider`,
        `get ${p}/integrations ListIntegrations`,
        `get ${p}/integrations/events ListIntegrationEvents`,
        `get ${p}/integrations/events/{event_id} GetIntegrationEvent`,
        `get ${p}/integrations/{integration} GetIntegration`,
        `patch ${p}/integrations/{integration} UpdateIntegration`,
        `delete ${p}/integrations/{integration} DeleteIntegration`,
        `post ${p}/integrations/{integration}/rotate RotateCredential`,
        `get ${p}/catalog/events ListEventTypes`,
        `get ${p}/catalog/actions ListActions`,
        `get ${p}/catalog/actions/{action} GetAction`,
        `get ${p}/references/{reference_type}/lookup LookupReferences`,
        `post ${p}/references/{reference_type}/resolve ResolveReferences`,
        `get ${p}/audit ListAuditRecords`,
      ]),
    );
  });

  test('routes are told apart, and their variables are request fields', () => {
    const shapes = routes.map(route => `${route.verb} ${route.path.replaceAll(/\{\w+\}/g, '{}')}`);
    expect(new Set(shapes).size).toBe(shapes.length);
    for (const route of routes) {
      const fields = route.method.input.fields.map(field => field.name);
      for (const [, variable] of route.path.matchAll(/\{(\w+)\}/g)) expect(fields, route.path).toContain(variable);
      expect(route.body, route.path).toBe(['post', 'patch'].includes(route.verb) ? '*' : '');
    }
  });
});

describe('every field', () => {
  test.each(messages.map(message => [message.typeName, message] as const))('of %s is bounded', (_, message) => {
    const unbounded = message.fields.filter(field => !bounded(field, getOption(field, fieldRules)));
    expect(unbounded.map(field => field.name)).toEqual([]);
  });

  test('that is a time or duration of a request is bounded', () => {
    const missing = reachable(methods.map(method => method.input)).flatMap(message =>
      message.fields.filter(field => {
        const { type } = getOption(field, fieldRules);
        const time = field.message?.typeName === TimestampSchema.typeName && type.case !== 'timestamp';
        const duration = field.message?.typeName === DurationSchema.typeName && type.case !== 'duration';
        return time || duration;
      }),
    );
    expect(missing.map(String)).toEqual([]);
  });

  test('that may hold a secret is redacted', () => {
    const redacted = messages
      .flatMap(message => message.fields.filter(isRedacted))
      .map(field => `${field.parent.name}.${field.name}`);
    expect(redacted.toSorted()).toEqual([
      'ApiKey.key',
      'BasicLogin.password',
      'BearerToken.token',
      'CheckActionInputsRequest.inputs',
      'ConnectProviderRequest.credentials',
      'ConnectionString.value',
      'Credential.api_key',
      'Credential.basic',
      'Credential.bearer',
      'Credential.connection_string',
      'Credential.headers',
      'Credential.query_parameters',
      'Credential.service_account',
      'Credential.webhook',
      'ResolveCredentialResponse.credential',
      'RotateCredentialRequest.credentials',
      'SendAuthorizedRequestRequest.body',
      'SendAuthorizedRequestResponse.body',
      'ServiceAccountKey.key_json',
      'WebhookTarget.secret',
      'WebhookTarget.url',
    ]);
    const named = messages.flatMap(message =>
      message.fields.filter(field => /secret|password|credentials$|^(token|key_json|api_key)$/.test(field.name)),
    );
    const text = named.filter(field => field.fieldKind !== 'enum' && !isRedacted(field) && !field.message);
    expect(text.map(String)).toEqual([]);
  });

  test('of what a public method answers is free of secrets', () => {
    const answers = reachable(methods.filter(isPublic).map(method => method.output));
    expect(answers.flatMap(message => message.fields.filter(isRedacted)).map(String)).toEqual([]);
  });
});

describe('the rules', () => {
  const validator = createValidator();
  const broken = (schema: DescMessage, value: object) =>
    validator.validate(schema, create(schema, value as never)).violations?.map(violation => violation.ruleId) ?? [];

  test('of every message compile', () => {
    for (const message of messages) expect(validator.validate(message, create(message)).kind).not.toBe('error');
  });

  test('accept what is well formed', () => {
    expect(
      broken(ListIntegrationsRequestSchema, { project: 'demo', pageSize: 500, provider: 'google_sheets' }),
    ).toEqual([]);
    const target = { case: 'provider', value: 'slack' };
    const want = {
      project: 'demo',
      target,
      purpose: 'slack.message.post',
      runId: 'run_1',
      minValidity: { seconds: 60n },
    };
    expect(broken(ResolveCredentialRequestSchema, want)).toEqual([]);
    expect(broken(WatchCredentialsRequestSchema, { projects: ['*'] })).toEqual([]);
    expect(broken(UpdateIntegrationRequestSchema, { project: 'demo', integration: 'intg_absent' })).toEqual([]);
  });

  test.each([
    ['an empty project', ListIntegrationsRequestSchema, { project: '' }, 'string.pattern'],
    ['a project with a path', ListIntegrationsRequestSchema, { project: '../etc' }, 'string.pattern'],
    ['a negative page size', ListIntegrationsRequestSchema, { project: 'demo', pageSize: -1 }, 'int32.gte'],
    [
      'a long page token',
      ListIntegrationsRequestSchema,
      { project: 'demo', pageToken: 'x'.repeat(1025) },
      'string.max_len',
    ],
    ['an unknown enum value', ListIntegrationsRequestSchema, { project: 'demo', status: 99 }, 'enum.defined_only'],
    [
      'a pattern that is none',
      ListIntegrationEventsRequestSchema,
      { project: 'demo', eventType: 'github.**' },
      'string.pattern',
    ],
    [
      'a time out of range',
      ListIntegrationEventsRequestSchema,
      { project: 'demo', since: { seconds: 10n ** 12n } },
      'timestamp.gte_lte',
    ],
    [
      'an empty name',
      UpdateIntegrationRequestSchema,
      { project: 'demo', integration: 'intg_a', name: '' },
      'string.min_len',
    ],
    [
      'an enum value not allowed here',
      UpdateIntegrationRequestSchema,
      { project: 'demo', integration: 'intg_a', status: 3 },
      'enum.in',
    ],
    [
      'an id with a quote',
      UpdateIntegrationRequestSchema,
      { project: 'demo', integration: "intg_' or 1=1" },
      'string.pattern',
    ],
    [
      'a long wait',
      WaitConnectSessionRequestSchema,
      { project: 'demo', session: 'csns_a', timeout: { seconds: 60n } },
      'duration.gte_lte',
    ],
    [
      'a tag of the system',
      ConnectProviderRequestSchema,
      { project: 'demo', provider: 'slack', tags: { 'mobius:x': '' } },
      'string.not_contains',
    ],
    [
      'a scope named twice',
      ConnectProviderRequestSchema,
      { project: 'demo', provider: 'slack', scopes: ['a', 'a'] },
      'repeated.unique',
    ],
    [
      'a return URL that is none',
      ConnectProviderRequestSchema,
      { project: 'demo', provider: 'slack', returnUrl: 'no url' },
      'string.uri',
    ],
    [
      'a resolve without a target',
      ResolveCredentialRequestSchema,
      { project: 'demo', purpose: 'slack.message.post', runId: 'run_1' },
      'required',
    ],
    ['no projects', WatchCredentialsRequestSchema, {}, 'repeated.min_items'],
    [
      'an acknowledgement of no kind',
      AcknowledgeSourceEventsRequestSchema,
      { consumer: 'c', acknowledgements: [{ ackToken: 't' }] },
      'enum.not_in',
    ],
  ] as const)('refuse %s', (_, schema, value, rule) => {
    expect(broken(schema, value)).toEqual([rule]);
  });
});

describe('error reasons', () => {
  test('include every readiness cause', () => {
    for (const name of Object.keys(ReadinessCause)) expect(Object.keys(ErrorReason)).toContain(name);
  });

  test('are documented with their code and example metadata', () => {
    const source = readFileSync(new URL('../proto/mobius/integrations/v1/error.proto', import.meta.url), 'utf8');
    const documented = [...source.matchAll(/((?: {2}\/\/.*\n)+) {2}ERROR_REASON_(\w+) = [1-9]\d*;/g)];
    const names = Object.keys(ErrorReason).filter(name => Number.isNaN(Number(name)) && name !== 'UNSPECIFIED');
    expect(documented.map(match => match[2])).toEqual(names);
    for (const [, comment = '', name] of documented) {
      expect(comment, name).toMatch(/^ {2}\/\/ [A-Z_]+(\.| for a method)/);
      const metadata: Record<string, unknown> = JSON.parse(comment.match(/\/\/ {5}(\{.*\})/)?.[1] ?? 'absent');
      for (const value of Object.values(metadata)) expect(typeof value, name).toBe('string');
    }
  });
});

function isRedacted(field: DescField): boolean {
  return field.proto.options?.$typeName === FieldOptionsSchema.typeName && field.proto.options.debugRedact === true;
}

/** These messages and every message of ours in their fields. */
function reachable(roots: DescMessage[]): DescMessage[] {
  const seen = new Set<DescMessage>();
  const visit = (message: DescMessage) => {
    if (seen.has(message) || !message.typeName.startsWith('mobius.')) return;
    seen.add(message);
    for (const field of message.fields) if (field.message) visit(field.message);
  };
  roots.forEach(visit);
  return [...seen];
}

/** Whether the rules bound the field. Times and messages of ours count as bounded by themselves, a Struct by the size of a request. */
function bounded(field: DescField, rules: FieldRules): boolean {
  const { case: kind, value } = rules.type;
  if (field.fieldKind === 'list') {
    if (kind !== 'repeated' || value.maxItems === 0n) return false;
    return field.listKind === 'message' || (value.items !== undefined && boundedValue(field.scalar, value.items));
  }
  if (field.fieldKind === 'map') {
    if (kind !== 'map' || value.maxPairs === 0n || !value.keys || !value.values) return false;
    return boundedValue(field.mapKey, value.keys) && boundedValue(field.scalar, value.values);
  }
  return field.fieldKind === 'message' || boundedValue(field.scalar, rules);
}

/** A scalar, or an enum when there is no scalar type. */
function boundedValue(scalar: ScalarType | undefined, rules: FieldRules): boolean {
  if (scalar === ScalarType.BOOL) return true;
  const { case: kind, value } = rules.type;
  if (kind === 'string')
    return value.maxLen > 0n || value.in.length > 0 || /^\^[^*+]*\$$/.test(value.pattern.replaceAll('\\*', ''));
  if (kind === 'bytes') return value.maxLen > 0n;
  if (kind === 'int32' || kind === 'int64') return value.greaterThan.case !== undefined;
  return scalar === undefined && kind === 'enum' && value.definedOnly;
}
