import { readFileSync } from 'node:fs';
import type { DescService } from '@bufbuild/protobuf';
import { createConnectRouter } from '@connectrpc/connect';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { internalServices, publicServices, serveInternal, servePublic } from '../src/server.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** What the README says is not there yet: lines of the form "- `Service/Method`". */
function listed(): string[] {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  return [...text.matchAll(/^- `(\w+\/\w+)`$/gm)].map(match => match[1] ?? '').sort();
}

test('the README lists exactly the methods that are not there yet', () => {
  const implemented = new Map<string, object>();
  const router = createConnectRouter();
  const recording = {
    ...router,
    service: (service: DescService, implementation: object) => {
      implemented.set(service.typeName, implementation);
      return recording;
    },
  };
  servePublic(recording as unknown as typeof router, world.service.deps);
  serveInternal(recording as unknown as typeof router, world.service.deps);
  const missing = [...publicServices, ...internalServices].flatMap(service =>
    service.methods
      .filter(method => !(method.localName in (implemented.get(service.typeName) ?? {})))
      .map(method => `${service.name}/${method.name}`),
  );
  expect(listed()).toEqual(missing.sort());
});
