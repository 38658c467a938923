import { readFileSync } from 'node:fs';
import { createRegistry, type DescField, getOption, hasOption, ScalarType } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel as Idempotency } from '@bufbuild/protobuf/wkt';
import { file_buf_validate_validate as published } from '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js';
import { describe, expect, test } from 'vitest';
import { file_buf_validate_validate as ours } from '../gen/buf/validate/validate_pb.js';
import { http } from '../gen/google/api/annotations_pb.js';
import { requires } from '../gen/mobius/access/v1/access_pb.js';
import { ErrorReason } from '../gen/mobius/integrations/v1/error_pb.js';
import { ReadinessCause } from '../gen/mobius/integrations/v1/readiness_pb.js';
import { isPublic, methods, nameOf, services } from './contract_messages.ts';

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
