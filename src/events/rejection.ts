import { createHash } from 'node:crypto';
import type { Deps } from '../deps.ts';
import type { VerificationFailure } from '../providers/delivery.ts';
import { readSubscriptionEndpoint } from '../subscriptions/address.ts';
import { type EndpointPath, readOwnEndpoint } from './endpoint.ts';
import { toStorable } from './payload.ts';

/** Where a delivery arrived, as far as its path tells. */
export type Place = {
  /** Of an integration's own endpoint; empty for those of the platform's app and for unknown ones. */
  readonly project: string;
  /** Empty: there is no such provider. */
  readonly provider: string;
  readonly endpoint: string;
};

export type RejectionCause = VerificationFailure | 'MALFORMED' | 'RATE_LIMITED';

/** What is kept of a delivery that was not taken: nothing that it said, but for the id that its headers claim. */
export type Rejection = Place & {
  readonly cause: RejectionCause;
  /** A few words of ours where the cause alone does not tell. */
  readonly detail: string;
  readonly deliveryKey: string | undefined;
  readonly receiveTime: Date;
  readonly bodyBytes: number;
  readonly headerCount: number;
  readonly bodyHash: string | undefined;
};

/** Stands for all the paths that lead to no endpoint: what a sender makes up names no record. */
export const UNKNOWN_ENDPOINT = '*';

const MAX_KEY_CHARS = 256;

export function placeOf(deps: Pick<Deps, 'catalog'>, path: EndpointPath): Place {
  const provider = deps.catalog.provider(path.provider);
  const endpoints = provider?.webhook?.endpoints ?? [];
  const unknown = { project: '', provider: provider?.id ?? '', endpoint: UNKNOWN_ENDPOINT };
  if (endpoints.some(e => e.secret === 'PLATFORM_APP' && e.suffix === path.endpoint)) {
    return { ...unknown, endpoint: path.endpoint };
  }
  const made = provider?.subscriptions?.address === 'OWN' ? readSubscriptionEndpoint(path.endpoint) : undefined;
  const own = made ?? readOwnEndpoint(path.endpoint);
  if (own === undefined || (made === undefined && !endpoints.some(e => e.secret === 'INTEGRATION'))) return unknown;
  return { project: own.project, provider: unknown.provider, endpoint: path.endpoint };
}

/** What the headers claim to be the delivery's id; nobody has vouched for it. */
export function claimedKey(
  deps: Pick<Deps, 'catalog'>,
  path: EndpointPath,
  headers: Readonly<Record<string, string>>,
): string | undefined {
  const name = deps.catalog.provider(path.provider)?.webhook?.deliveryHeader;
  const key = name === undefined ? undefined : headers[name];
  return key === undefined || key === '' || key.length > MAX_KEY_CHARS ? undefined : toStorable(key);
}

export function hashOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}
