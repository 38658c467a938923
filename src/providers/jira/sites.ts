import { sliced } from '../kit/sliced.ts';
import type { ProviderCall, ReferenceItem, ReferenceType } from '../provider.ts';
import { cloudIdOf } from './api.ts';
import { grantedSites, siteItem } from './auth.ts';

/** What `config.cloud_id` may be: the sites that a grant covers. An API token is of the one it was connected for. */
export const site: ReferenceType = {
  name: 'jira.site',
  title: 'Site',
  description: 'A cloud site that the connection covers, by cloud id.',
  runtimeState: 'ACTIVE',
  scopes: [],
  dependsOn: [],
  source: 'PROVIDER',
  search: 'LOCAL',
  list: async (call, query) => sliced(await sites(call), query),
  resolve: async (call, { values }) => (await sites(call)).filter(({ value }) => values.includes(value)),
};

async function sites(call: ProviderCall): Promise<readonly ReferenceItem[]> {
  if (call.credential.kind === 'OAUTH2') return (await grantedSites(call)).map(siteItem);
  return [siteItem({ id: cloudIdOf(call.config), url: call.config.site_url })];
}
