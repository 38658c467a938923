import { type DescField, type DescMethod, type DescService, getOption } from '@bufbuild/protobuf';
import { requires } from '../../gen/mobius/access/v1/access_pb.js';
import { type Comments, type Components, createComponents, isRequired, type JsonSchema } from './openapi_schema.ts';
import { wellKnown } from './rest_json.ts';
import { type Route, readRoutes } from './rest_routes.ts';

export type OpenApiDocument = {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  security: Record<string, string[]>[];
  tags: { name: string; description?: string }[];
  paths: Record<string, Record<string, JsonSchema>>;
  components: {
    schemas: Record<string, JsonSchema>;
    responses: Record<string, JsonSchema>;
    parameters: Record<string, JsonSchema>;
    headers: Record<string, JsonSchema>;
    securitySchemes: Record<string, JsonSchema>;
  };
};

/**
 * The OpenAPI document of what createRestRoutes serves for the same services, from the same descriptors. Descriptors at
 * run time have no comments; give them as `comments`, else the document has none.
 */
export function describeOpenApi(
  services: readonly DescService[],
  options: { serverUrl: string; version: string; comments?: Comments },
): OpenApiDocument {
  const { serverUrl, version, comments = {} } = options;
  const components = createComponents(comments);
  const routes = readRoutes(services);
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const path = route.template.text.replaceAll('=*}', '}');
    const operations = paths[path] ?? {};
    paths[path] = operations;
    operations[route.httpMethod.toLowerCase()] = describeOperation(route, components, comments);
  }
  const used = new Set(routes.map(r => r.method.parent));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Mobius integrations',
      version,
      description: 'Connections, catalog, events and references. The same methods are served over gRPC and Connect.',
    },
    servers: [{ url: serverUrl }],
    security: [{ bearer: [] }],
    tags: services.filter(s => used.has(s)).map(s => ({ name: s.name, ...described(comments[s.typeName]) })),
    paths,
    components: {
      schemas: { ...components.schemas, Error: errorSchema },
      responses: { Error: errorResponse, NotModified: notModified },
      parameters: { IfNoneMatch: ifNoneMatch },
      headers: { ETag: etagHeader },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

function describeOperation(route: Route, components: Components, comments: Comments): JsonSchema {
  const { method, body, isTagged } = route;
  const comment = comments[nameOf(method)];
  const inPath = route.template.segments.flatMap(s => ('field' in s ? s.field : []));
  const rest = method.input.fields.filter(f => !inPath.includes(f.name));
  const parameters = [
    ...inPath.map(name => pathParameter(route, name, components)),
    ...(body === '*' ? [] : rest.filter(f => f.name !== body)).flatMap(f => queryParameters(f, '', components)),
    ...(isTagged ? [{ $ref: '#/components/parameters/IfNoneMatch' }] : []),
  ];
  const requestBody = body === '' ? undefined : describeBody(route, rest, components);
  return {
    operationId: `${method.parent.name}_${method.name}`,
    tags: [method.parent.name],
    ...(comment && { summary: comment.split(/(?<=\.)\s/, 1)[0], description: comment }),
    parameters,
    ...(requestBody && { requestBody }),
    responses: {
      200: {
        description: 'The answer.',
        ...(isTagged && { headers: { ETag: { $ref: '#/components/headers/ETag' } } }),
        content: { 'application/json': { schema: components.refer(method.output) } },
      },
      ...(isTagged && { 304: { $ref: '#/components/responses/NotModified' } }),
      default: { $ref: '#/components/responses/Error' },
    },
    'x-permission': getOption(method, requires).permission,
  };
}

function pathParameter({ method }: Route, name: string, components: Components): JsonSchema {
  const field = method.input.fields.find(f => f.name === name);
  // readRoutes has refused templates with other fields.
  if (field === undefined) throw new Error(`${nameOf(method)} has no field ${name}`);
  return { name, in: 'path', required: true, ...withDescription(components.field(field)) };
}

/** A field as parameters: a message of ours becomes one for each of its fields, `a.b`. */
function queryParameters(field: DescField, prefix: string, components: Components): JsonSchema[] {
  const name = prefix + field.name;
  if (field.fieldKind === 'message' && !wellKnown[field.message.typeName]) {
    // One level: deeper requests take a body.
    return prefix === '' ? field.message.fields.flatMap(f => queryParameters(f, `${name}.`, components)) : [];
  }
  const isOfMessages =
    field.fieldKind === 'list'
      ? field.listKind === 'message'
      : field.fieldKind === 'map' && field.mapKind === 'message';
  if (isOfMessages) return [];
  const style = field.fieldKind === 'map' ? { style: 'deepObject', explode: true } : {};
  return [{ name, in: 'query', required: isRequired(field), ...style, ...withDescription(components.field(field)) }];
}

function describeBody({ method, body }: Route, rest: readonly DescField[], components: Components): JsonSchema {
  const json = (schema: JsonSchema) => ({ 'application/json': { schema } });
  if (body !== '*') {
    const field = method.input.fields.find(f => f.name === body);
    return { required: true, content: json(field ? components.field(field) : {}) };
  }
  const required = rest.filter(isRequired).map(f => f.name);
  const properties = Object.fromEntries(rest.map(f => [f.name, components.field(f)]));
  const schema = { type: 'object', properties, additionalProperties: false, ...(required.length > 0 && { required }) };
  return { required: required.length > 0, content: json(schema) };
}

function withDescription({ description, ...schema }: JsonSchema): JsonSchema {
  return { ...(description !== undefined && { description }), schema };
}

const described = (description: string | undefined) => (description ? { description } : {});
const nameOf = (method: DescMethod) => `${method.parent.typeName}.${method.name}`;

const errorSchema: JsonSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', description: 'The gRPC code, such as NOT_FOUND.' },
        message: { type: 'string', description: 'For people; may change.' },
        reason: { type: 'string', description: 'A value of ErrorReason without its prefix.' },
        metadata: { type: 'object', additionalProperties: { type: 'string' } },
        field_violations: {
          type: 'array',
          items: {
            type: 'object',
            required: ['field', 'description'],
            properties: { field: { type: 'string' }, description: { type: 'string' } },
          },
        },
        retry_after: { type: 'integer', description: 'Seconds to wait before the next try.' },
      },
    },
  },
};
const errorResponse: JsonSchema = {
  description: 'The call failed.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};
const etagHeader: JsonSchema = { description: 'Names this answer, byte for byte.', schema: { type: 'string' } };
const notModified: JsonSchema = {
  description: 'The answer is still the one that If-None-Match names; it is not sent again.',
  headers: { ETag: { $ref: '#/components/headers/ETag' } },
};
const ifNoneMatch: JsonSchema = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The ETag of an answer that the caller has.',
  schema: { type: 'string' },
};
