import type { EmulatedRoute } from '../../providers/emulator.ts';

export type Found<A> = { readonly route: EmulatedRoute<A>; readonly params: Readonly<Record<string, string>> };

/** Finds the route of a request; of several that fit, the first. */
export type RouteTable<A> = (method: string, path: string, operation: string | undefined) => Found<A> | undefined;

export function routeTable<A>(routes: Readonly<Record<string, EmulatedRoute<A>>>): RouteTable<A> {
  const table = Object.entries(routes).map(([key, route]) => {
    const [method, path = '', operation] = key.split(' ');
    const pattern = path
      .split(/(:\w+)/)
      .map(part => (part.startsWith(':') ? `(?<${part.slice(1)}>[^/]+?)` : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      .join('');
    return { method, pattern: new RegExp(`^${pattern}$`), operation, route };
  });
  return (method, path, operation) => {
    for (const each of table) {
      if (each.method !== method || (each.operation !== undefined && each.operation !== operation)) continue;
      const match = each.pattern.exec(path);
      if (match === null) continue;
      const params = Object.entries(match.groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)]);
      return { route: each.route, params: Object.fromEntries(params) };
    }
    return undefined;
  };
}

/** The name of the operation in a GraphQL request. */
export function operationOf(query: unknown): string | undefined {
  return typeof query === 'string' ? /^\s*(?:query|mutation)\s+(\w+)/.exec(query)?.[1] : undefined;
}
