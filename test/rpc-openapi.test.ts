import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import comments from '../gen/comments.json' with { type: 'json' };
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { describeOpenApi } from '../src/rpc/openapi.ts';
import { readRoutes } from '../src/rpc/rest_routes.ts';
import { publicServices } from './rpc-harness.ts';

type Schema = { [key: string]: unknown };
type Parameter = { name: string; in: string; required: boolean; schema: Schema };
type Operation = {
  operationId: string;
  parameters: Parameter[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
};

const document = describeOpenApi(publicServices, {
  serverUrl: 'https://integrations.example',
  version: '1.2.3',
  comments: {
    'mobius.integrations.v1.IntegrationService.GetIntegration':
      'GetIntegration returns one integration.\n\nChanges nothing.',
    'mobius.integrations.v1.Integration.name': 'Its name.',
  },
});
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method,
    operation: operation as unknown as Operation,
  })),
);
const operation = (id: string) => operations.find(o => o.operation.operationId === id)?.operation;

function* refs(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === '$ref' && typeof item === 'string') yield item;
    else yield* refs(item);
  }
}

describe('the OpenAPI document', () => {
  test('has every binding of the contract, and nothing else', () => {
    const bound = readRoutes(publicServices).map(r => `${r.httpMethod.toLowerCase()} ${r.template.text}`);
    expect(operations.map(o => `${o.method} ${o.path}`).sort()).toEqual(bound.sort());
    const ids = operations.map(o => o.operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('declares every variable of every path, and no parameter twice', () => {
    for (const { path, operation } of operations) {
      const inPath = operation.parameters.filter(p => p.in === 'path');
      expect(inPath.map(p => `{${p.name}}`)).toEqual(path.match(/\{[^}]+\}/g));
      expect(inPath.every(p => p.required)).toBe(true);
      const names = operation.parameters.map(p => p.name);
      expect(new Set(names).size, path).toBe(names.length);
    }
  });

  test('has no reference that leads nowhere', () => {
    const all = [...refs(document)];
    expect(all.length).toBeGreaterThan(50);
    for (const ref of all) {
      const found = ref
        .slice(2)
        .split('/')
        .reduce<unknown>((at, key) => Reflect.get(Object(at), key), document);
      expect(found, ref).toBeDefined();
    }
  });

  test('has schemas that compile, all of them', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema({ $id: 'doc', components: document.components });
    for (const name of Object.keys(document.components.schemas)) {
      expect(() => ajv.compile({ $ref: `doc#/components/schemas/${name}` }), name).not.toThrow();
    }
  });

  test('bounds what the contract bounds', () => {
    const list = operation('IntegrationService_ListIntegrations');
    const parameter = (name: string) => list?.parameters.find(p => p.name === name)?.schema;
    expect(parameter('page_size')).toMatchObject({ type: 'integer', minimum: 0 });
    expect(parameter('page_token')).toMatchObject({ type: 'string', maxLength: 1024 });
    expect(parameter('provider')).toMatchObject({
      anyOf: [{ const: '' }, { type: 'string', pattern: expect.any(String) }],
    });
    const connect = operation('IntegrationService_ConnectProvider')?.requestBody?.content['application/json'].schema;
    expect(connect).toMatchObject({
      additionalProperties: false,
      properties: {
        scopes: { type: 'array', maxItems: 100, uniqueItems: true, items: { minLength: 1, maxLength: 256 } },
        tags: {
          type: 'object',
          maxProperties: 8,
          propertyNames: { maxLength: 128 },
          additionalProperties: { maxLength: 256 },
        },
        credentials: { 'x-sensitive': true },
      },
    });
    expect(connect?.properties).not.toHaveProperty('project');
    const update = operation('IntegrationService_UpdateIntegration')?.requestBody?.content['application/json'].schema;
    expect(update).toMatchObject({
      properties: { status: { enum: ['INTEGRATION_STATUS_ACTIVE', 'INTEGRATION_STATUS_INACTIVE'] } },
    });
  });

  test('takes comments where it is given them', () => {
    expect(operation('IntegrationService_GetIntegration')).toMatchObject({
      summary: 'GetIntegration returns one integration.',
    });
    expect(document.components.schemas.Integration).toMatchObject({
      properties: { name: { description: 'Its name.' } },
    });
    const silent = describeOpenApi([IntegrationService], { serverUrl: '/', version: '0' });
    expect(JSON.stringify(silent.components.schemas.Integration)).not.toContain('description');
  });

  test('has a text for every service and method of the contract', () => {
    const named = publicServices.flatMap(service => [
      service.typeName,
      ...service.methods.map(method => `${service.typeName}.${method.name}`),
    ]);
    expect(named.filter(name => !Object.hasOwn(comments, name))).toEqual([]);
  });

  test('says who may call and how errors look', () => {
    expect(operation('IntegrationService_GetIntegration')).toMatchObject({
      'x-permission': 'integrations.read',
      responses: { default: { $ref: '#/components/responses/Error' } },
    });
    expect(document.security).toEqual([{ bearer: [] }]);
  });

  test('says of every read, and of nothing else, that a tag may stand for its answer', () => {
    for (const { method, operation } of operations) {
      const described = operation as unknown as { responses: Record<string, unknown>; parameters: unknown[] };
      const tagged = [
        Object.hasOwn(described.responses, '304'),
        described.parameters.some(each => JSON.stringify(each).includes('IfNoneMatch')),
      ];
      expect(tagged, operation.operationId).toEqual([method === 'get', method === 'get']);
    }
    expect(document.components.parameters.IfNoneMatch).toMatchObject({ name: 'If-None-Match', in: 'header' });
  });
});
