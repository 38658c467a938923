import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../src/rpc/json_text.ts';
import { matchTemplate, parseTemplate, splitPath } from '../src/rpc/rest_path.ts';
import { createRouteTable, readRoutes } from '../src/rpc/rest_routes.ts';
import { publicServices } from './rpc-harness.ts';

describe('the parts', () => {
  test('JSON is taken exactly when JSON.parse takes it, except for depth and repeated keys', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json({ maxDepth: 5 }),
          fc.string(),
          fc.json().map(t => t.slice(0, -1)),
          fc.json().map(t => `${t},`),
        ),
        input => {
          const ours = parseJson(input);
          let theirs: unknown;
          try {
            theirs = { value: JSON.parse(input) };
          } catch {
            expect(ours).toHaveProperty('problem');
            return;
          }
          if (!('problem' in ours && ours.problem.includes('key'))) expect(ours).toEqual(theirs);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('every template of the contract matches the path made from it, and gives the values back', () => {
    const routes = readRoutes(publicServices);
    expect(routes.length).toBeGreaterThan(20);
    const value = fc.string({ minLength: 1 }).filter(v => v.isWellFormed());
    fc.assert(
      fc.property(
        fc.constantFrom(...routes),
        fc.array(value, { minLength: 4, maxLength: 4 }),
        ({ template }, values) => {
          let n = 0;
          const wanted = new Map<string, string>();
          const path = template.text.replace(/\{([^}]+)\}/g, (_all, field: string) => {
            wanted.set(field, values[n] ?? '');
            return encodeURIComponent(values[n++] ?? '').replaceAll('.', '%2E');
          });
          expect(matchTemplate(template, splitPath(path) ?? [])).toEqual(wanted);
        },
      ),
    );
  });

  test('a template or binding that cannot be served stops the start', () => {
    for (const text of ['v1/x', '/v1/{a=**}', '/v1/**', '/v1/{a=b/*}', '/v1//x', '/v1/{}', '']) {
      expect(() => parseTemplate(text), text).toThrow(/cannot|is not one/);
    }
    const [route] = readRoutes(publicServices);
    expect(() => createRouteTable(route ? [route, route] : [])).toThrow(/bound twice/);
  });

  test('a verb after a colon is part of the path', () => {
    const template = parseTemplate('/v1/things/{thing}:revoke');
    expect(matchTemplate(template, ['v1', 'things', 'a:b:revoke'])).toEqual(new Map([['thing', 'a:b']]));
    expect(matchTemplate(template, ['v1', 'things', 'a'])).toBeUndefined();
    expect(matchTemplate(template, ['v1', 'things', ':revoke'])).toBeUndefined();
  });
});
