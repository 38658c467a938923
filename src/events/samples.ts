import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import type { EventSample, Provider } from '../providers/provider.ts';
import { decodePageToken, encodePageToken, pageSize } from '../store/page.ts';

export type ListedSample = { readonly id: string; readonly provider: Provider; readonly sample: EventSample };

/** The providers' samples, ordered by id. Throws where the filter names what is not there. */
export function listSamples(
  deps: Pick<Deps, 'catalog'>,
  request: {
    readonly provider: string | undefined;
    readonly eventType: string | undefined;
    readonly pageSize: number;
    readonly pageToken: string;
  },
): { readonly samples: readonly ListedSample[]; readonly nextPageToken: string } {
  const { provider, eventType } = request;
  if (provider !== undefined && deps.catalog.provider(provider) === undefined) {
    throw new IntegrationError('PROVIDER_NOT_FOUND', { provider });
  }
  if (eventType !== undefined && deps.catalog.eventType(eventType) === undefined) {
    throw new IntegrationError('EVENT_TYPE_NOT_FOUND', { event_type: eventType });
  }
  const filter = ['samples', provider ?? '', eventType ?? ''];
  const after = decodePageToken(filter, request.pageToken, 1)?.[0] ?? '';
  const size = pageSize(request.pageSize);
  const all = samplesOf(deps)
    .filter(({ id, provider: { id: of }, sample }) => {
      const fits = (provider ?? of) === of && (eventType ?? sample.eventType) === sample.eventType;
      return fits && id > after;
    })
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const samples = all.slice(0, size);
  const last = samples.at(-1);
  const more = all.length > size && last !== undefined;
  return { samples, nextPageToken: more ? encodePageToken(filter, [last.id]) : '' };
}

export function findSample(deps: Pick<Deps, 'catalog'>, id: string): ListedSample {
  const found = samplesOf(deps).find(sample => sample.id === id);
  if (found === undefined) throw new IntegrationError('SAMPLE_NOT_FOUND', { sample_id: id });
  return found;
}

function samplesOf(deps: Pick<Deps, 'catalog'>): readonly ListedSample[] {
  return deps.catalog.providers.flatMap(provider =>
    (provider.samples ?? []).map(sample => ({ id: `${sample.eventType}.${sample.variant}`, provider, sample })),
  );
}
