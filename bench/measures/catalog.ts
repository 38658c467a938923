import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { CatalogView } from '../../gen/mobius/integrations/v1/catalog_pb.js';
import {
  CatalogService,
  ListActionsRequestSchema,
  ListActionsResponseSchema,
} from '../../gen/mobius/integrations/v1/catalog_service_pb.js';
import type { Ground } from '../ground.ts';
import { perSecond, startEcho, startLoad } from '../grpc.ts';
import type { GrpcJob } from '../grpc_load.ts';
import { type Figure, inPairs } from '../results.ts';

const path = '/mobius.integrations.v1.CatalogService/ListActions';

/** All actions with their schemas and readiness, over rpc with a token. */
export async function measureCatalog(ground: Ground): Promise<readonly Figure[]> {
  const service = await ground.startService();
  const request = create(ListActionsRequestSchema, { project: 'bench-1', view: CatalogView.FULL, pageSize: 200 });
  const url = `http://${service.addresses.rpc}`;
  const headers = { authorization: `Bearer ${ground.token}` };
  const client = createClient(CatalogService, createGrpcTransport({ baseUrl: url }));
  const answer = toBinary(ListActionsResponseSchema, await client.listActions(request, { headers }));
  const file = join(ground.dir, 'actions.bin');
  writeFileSync(file, answer);
  const echo = await startEcho(ground, { path, answerFile: file, isSecure: false });
  const load = await startLoad(ground);
  const messages = [Buffer.from(toBinary(ListActionsRequestSchema, request)).toString('base64')];
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
  const kilobytes = Math.round(answer.byteLength / 1024);
  return [
    {
      name: 'catalog-actions',
      unit: '/s',
      ...rate,
      baseline: { name: '@grpc/grpc-js no-op, same bytes', value: rate.baseline },
      note: `${kilobytes} kB with every schema, a token's signature checked each time`,
    },
  ];
}
