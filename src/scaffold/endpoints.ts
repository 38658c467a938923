import type { Answers } from './answers.ts';

/** The hosts of the answers' addresses as a manifest names them. */
export type Endpoints = Readonly<Record<string, string>>;

export function endpointsOf({ api, oauth }: Answers): Endpoints {
  const endpoints: Record<string, string> = { api };
  if (oauth === undefined) return endpoints;
  for (const [name, url] of [
    ['web', oauth.authorizeUrl],
    ['auth', oauth.tokenUrl],
    ['auth', oauth.revokeUrl],
  ] as const) {
    if (url === '' || endpointOf(url, endpoints) !== undefined) continue;
    endpoints[endpoints[name] === undefined ? name : `${name}_revoke`] = new URL(url).origin;
  }
  return endpoints;
}

/** The address as a template literal over the manifest's endpoints. */
export function urlOver(url: string, endpoints: Endpoints): string {
  const name = endpointOf(url, endpoints);
  return name === undefined ? JSON.stringify(url) : `\`\${endpoints.${name}}${url.slice(endpoints[name]?.length)}\``;
}

/** The vendor's path below its host. */
export function pathOf(url: string): string {
  return new URL(url).pathname;
}

function endpointOf(url: string, endpoints: Endpoints): string | undefined {
  return Object.keys(endpoints).find(name => url.startsWith(`${endpoints[name]}/`));
}
