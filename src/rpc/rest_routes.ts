import { type DescMethod, type DescMethodUnary, type DescService, getOption, hasOption } from '@bufbuild/protobuf';
import { http } from '../../gen/google/api/annotations_pb.js';
import type { HttpRule } from '../../gen/google/api/http_pb.js';
import { isTagged } from './conditional.ts';
import { compareTemplates, matchTemplate, type PathTemplate, parseTemplate, shapeOf, splitPath } from './rest_path.ts';

/** One google.api.http binding. */
export type Route = {
  httpMethod: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH';
  template: PathTemplate;
  method: DescMethodUnary;
  /** '' takes no body, '*' the whole request, else the field that the body is. */
  body: string;
  /** Its answers have an entity tag. */
  isTagged: boolean;
};

export type Found =
  | { kind: 'route'; route: Route; fields: Map<string, string> }
  | { kind: 'other_method'; allow: string[] }
  | { kind: 'broken_path' | 'unknown' };

/** Every binding of the services. Throws for one that this service cannot serve, so that none is silently absent. */
export function readRoutes(services: readonly DescService[]): Route[] {
  const routes = services
    .flatMap(s => s.methods)
    .filter(m => hasOption(m, http))
    .flatMap(method => {
      const rule = getOption(method, http);
      return [rule, ...rule.additionalBindings].map(binding => readRoute(method, binding));
    });
  return routes.sort((a, b) => compareTemplates(a.template, b.template));
}

function readRoute(method: DescMethod, { pattern, body, responseBody }: HttpRule): Route {
  const name = `${method.parent.typeName}/${method.name}`;
  if (!isUnary(method)) throw new Error(`${name} streams and cannot be served over REST`);
  if (pattern.case === undefined || pattern.case === 'custom' || responseBody !== '') {
    throw new Error(`${name} has a google.api.http rule this service cannot serve`);
  }
  const httpMethod = pattern.case.toUpperCase() as Route['httpMethod'];
  if (body !== '' && (httpMethod === 'GET' || httpMethod === 'DELETE'))
    throw new Error(`${name} has a body on ${httpMethod}`);
  const template = parseTemplate(pattern.value);
  const fields = [
    ...template.segments.flatMap(s => ('field' in s ? s.field : [])),
    ...(body === '' || body === '*' ? [] : [body]),
  ];
  for (const field of fields) {
    if (!method.input.fields.some(f => f.name === field))
      throw new Error(`${name}: ${method.input.typeName} has no ${field}`);
  }
  return { httpMethod, template, method, body, isTagged: httpMethod === 'GET' && isTagged(method) };
}

const isUnary = (method: DescMethod): method is DescMethodUnary => method.methodKind === 'unary';

export type RouteTable = {
  /** Whether the path lies under a prefix of these routes, so that an unknown path there is ours to refuse. */
  owns(path: string): boolean;
  find(httpMethod: string, path: string): Found;
};

export function createRouteTable(routes: readonly Route[]): RouteTable {
  const prefixes = new Set(routes.map(r => prefixOf(r.template)));
  const byShape = new Map<string, Route[]>();
  for (const route of routes) {
    const siblings = byShape.get(shapeOf(route.template)) ?? [];
    if (siblings.some(s => s.httpMethod === route.httpMethod)) {
      throw new Error(`${route.httpMethod} ${route.template.text} is bound twice`);
    }
    byShape.set(shapeOf(route.template), [...siblings, route]);
  }
  const shapes = [...byShape.values()];
  return {
    owns: path => [...prefixes].some(p => path === p || path.startsWith(`${p}/`)),
    find(httpMethod, path) {
      const words = splitPath(path);
      if (words === undefined) return { kind: 'broken_path' };
      const siblings = shapes.find(
        ([first]) => first !== undefined && matchTemplate(first.template, words) !== undefined,
      );
      if (siblings === undefined) return { kind: 'unknown' };
      const wanted = httpMethod === 'HEAD' ? 'GET' : httpMethod;
      const route = siblings.find(r => r.httpMethod === wanted);
      if (route === undefined) return { kind: 'other_method', allow: allowed(siblings) };
      return { kind: 'route', route, fields: matchTemplate(route.template, words) ?? new Map() };
    },
  };
}

const allowed = (routes: readonly Route[]) =>
  routes.flatMap(r => (r.httpMethod === 'GET' ? ['GET', 'HEAD'] : [r.httpMethod]));

/** The fixed words at the template's beginning: `/v1/projects`. */
function prefixOf({ segments }: PathTemplate): string {
  const end = segments.findIndex(s => 'field' in s);
  const words = segments.slice(0, end < 0 ? segments.length : end).map(s => ('literal' in s ? s.literal : ''));
  return `/${words.join('/')}`;
}
