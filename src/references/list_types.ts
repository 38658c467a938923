import type { EntityManager } from '@mikro-orm/postgresql';
import { type Listed, listItems, type Page, type PageRequest } from '../catalog/list.ts';
import type { Readiness } from '../catalog/readiness.ts';
import { loadStandings } from '../catalog/standings.ts';
import type { Deps } from '../deps.ts';
import type { ReferenceType } from '../providers/provider.ts';
import type { Caller } from '../rpc/caller.ts';

/** The reference types, by name, with whether a lookup by this caller would work. */
export async function listReferenceTypes(
  em: EntityManager,
  deps: Deps,
  request: PageRequest & {
    readonly project: string;
    readonly caller: Caller;
    readonly provider: string;
    readonly readiness: Readiness | undefined;
  },
): Promise<Page<Listed<ReferenceType>>> {
  const reader = { project: request.project, caller: request.caller, permission: 'references.read' as const };
  return listItems(await loadStandings(em, deps, reader, request.provider), 'REFERENCE_TYPE', request);
}
