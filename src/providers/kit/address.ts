/** An address at the vendor as data: one of the provider's endpoints, and what follows it. */
export type Address = { readonly endpoint: string; readonly path: string };

/** The whole address. Throws where the endpoint needs a setting that the integration does not have. */
export function addressIn(endpoints: Readonly<Record<string, string>>, { endpoint, path }: Address): string {
  const base = endpoints[endpoint];
  if (base === undefined) throw new Error(`there is no endpoint ${endpoint}, or its setting is not known`);
  return `${base}${path}`;
}
