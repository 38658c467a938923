import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, type DescMethodUnary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { CatalogView } from '../../gen/mobius/integrations/v1/catalog_pb.js';
import { CatalogService } from '../../gen/mobius/integrations/v1/catalog_service_pb.js';
import type { Ground } from '../ground.ts';
import { perSecond, startEcho, startLoad } from '../grpc.ts';
import type { GrpcJob } from '../grpc_load.ts';
import { type Figure, inPairs } from '../results.ts';

const { listActions, listProviders } = CatalogService.method;
const scope = { project: 'bench-1', pageSize: 200 };

/** All actions with their schemas, and all providers with the names of all they offer, each with its readiness. */
export async function measureCatalog(ground: Ground): Promise<readonly Figure[]> {
  return [
    await measureList(ground, 'catalog-actions', listActions, { ...scope, view: CatalogView.FULL }),
    await measureList(ground, 'catalog-providers', listProviders, scope),
  ];
}

/** Over rpc with a token, beside a no-op that answers the same bytes. */
async function measureList<Method extends DescMethodUnary>(
  ground: Ground,
  name: string,
  method: Method,
  request: MessageInitShape<Method['input']>,
): Promise<Figure> {
  const service = await ground.startService();
  const path = `/${method.parent.typeName}/${method.name}`;
  const url = `http://${service.addresses.rpc}`;
  const headers = { authorization: `Bearer ${ground.token}` };
  const transport = createGrpcTransport({ baseUrl: url });
  const { message } = await transport.unary(method, undefined, undefined, headers, request, undefined);
  const answer = toBinary(method.output, message);
  const answerFile = join(ground.dir, `${name}.bin`);
  writeFileSync(answerFile, answer);
  const echo = await startEcho(ground, { path, answerFile, isSecure: false });
  const load = await startLoad(ground);
  const messages = [Buffer.from(toBinary(method.input, create(method.input, request))).toString('base64')];
  const job = (to: string): GrpcJob => ({
    url: to,
    path,
    headers,
    messages,
    connections: 4,
    load: { streams: 4 },
    durationMs: 2_000,
  });
  await load.run(job(url));
  await load.run(job(echo.url));
  const rate = await inPairs(
    5,
    async () => perSecond(await load.run(job(url))),
    async () => perSecond(await load.run(job(echo.url))),
  );
  await Promise.all([service.stop(), echo.stop(), load.stop()]);
  return {
    name,
    unit: '/s',
    ...rate,
    baseline: { name: '@grpc/grpc-js no-op, same bytes', value: rate.baseline },
    note: `${Math.round(answer.byteLength / 1024)} kB, with a token`,
  };
}
