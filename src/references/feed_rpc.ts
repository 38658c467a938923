import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import type { ReferenceFeedService } from '../../gen/mobius/integrations/internal/v1/reference_feed_service_pb.js';
import type { Deps } from '../deps.ts';
import { callerOf } from '../rpc/call.ts';
import { type FeedPlace, putReferences, removeReferences } from './feed.ts';

export function serveReferenceFeed(deps: Deps): Partial<ServiceImpl<typeof ReferenceFeedService>> {
  return {
    async putReferences(request, context) {
      const references = request.references.map(
        ({ value, label, description, metadata, parent, archived, version }) => ({
          ...{ value, label, description, metadata, parent, archived },
          version: Number(version),
        }),
      );
      const fork = deps.store.em.fork();
      const count = await putReferences(fork, deps, placeOf(request, context), references, request.complete);
      return { changedCount: count.changed, ignoredCount: count.ignored, removedCount: count.removed };
    },
    async removeReferences(request, context) {
      const removals = request.references.map(({ value, version }) => ({ value, version: Number(version) }));
      const count = await removeReferences(deps.store.em.fork(), deps, placeOf(request, context), removals);
      return { removedCount: count.removed, ignoredCount: count.ignored };
    },
  };
}

function placeOf(request: { project: string; referenceType: string }, context: HandlerContext): FeedPlace {
  return { project: request.project, referenceType: request.referenceType, caller: callerOf(context) };
}
