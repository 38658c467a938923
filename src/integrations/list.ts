import type { EntityManager } from '@mikro-orm/postgresql';
import type { Credential } from '../credentials/entity.ts';
import { currentCredentials } from '../credentials/store.ts';
import { decodePageToken, encodePageToken, pageSize } from '../store/page.ts';
import { findIntegration } from './choose.ts';
import { type Integration, IntegrationEntity, type IntegrationStatus } from './entity.ts';

/** An integration with its current credential's particulars, none of them secret. */
export type IntegrationView = { readonly integration: Integration; readonly credential: Credential | undefined };

/** The project's integrations, oldest first. */
export async function listIntegrations(
  em: EntityManager,
  request: {
    readonly project: string;
    readonly provider: string;
    readonly status: IntegrationStatus | undefined;
    readonly pageSize: number;
    readonly pageToken: string;
  },
): Promise<{ readonly integrations: readonly IntegrationView[]; readonly nextPageToken: string }> {
  const { project, provider, status } = request;
  const filter = ['integrations', project, provider, status ?? ''];
  const cursor = decodePageToken(filter, request.pageToken, 2);
  const size = pageSize(request.pageSize);
  const rows = await em.find(
    IntegrationEntity,
    {
      project,
      ...(provider !== '' && { provider }),
      ...(status !== undefined && { status }),
      ...(cursor && {
        $or: [
          { createTime: { $gt: new Date(cursor[0] ?? '') } },
          { createTime: new Date(cursor[0] ?? ''), id: { $gt: cursor[1] ?? '' } },
        ],
      }),
    },
    { orderBy: { createTime: 'asc', id: 'asc' }, limit: size + 1 },
  );
  const page = rows.slice(0, size);
  const last = page.at(-1);
  const nextPageToken =
    rows.length > size && last !== undefined ? encodePageToken(filter, [last.createTime.toISOString(), last.id]) : '';
  return { integrations: await withCredentials(em, project, page), nextPageToken };
}

export async function viewIntegration(em: EntityManager, project: string, id: string): Promise<IntegrationView> {
  const [view] = await withCredentials(em, project, [await findIntegration(em, project, id)]);
  return view as IntegrationView;
}

async function withCredentials(
  em: EntityManager,
  project: string,
  integrations: readonly Integration[],
): Promise<IntegrationView[]> {
  const byId = await currentCredentials(
    em,
    project,
    integrations.map(i => i.id),
  );
  return integrations.map(integration => ({ integration, credential: byId.get(integration.id) }));
}
