import { ProviderError } from '../kit/error.ts';
import { optionalString } from '../kit/read.ts';
import type { ProviderCall } from '../provider.ts';

/** Base of the site's API behind the gateway, where OAuth and scoped tokens work; `/rest/api/3` and what follows. */
export function siteApi(call: ProviderCall): string {
  return `${call.endpoints.api}/ex/jira/${cloudIdOf(call.config)}/rest/api/3`;
}

export function cloudIdOf(config: Readonly<Record<string, unknown>>): string {
  const id = optionalString(config.cloud_id);
  if (id !== undefined && isCloudId(id)) return id;
  throw new ProviderError({ kind: 'rejected' }, new Error('config has no cloud_id'));
}

export function isCloudId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** A project's id or key. */
export function isProject(text: string): boolean {
  return /^[A-Za-z0-9_]{1,64}$/.test(text);
}
