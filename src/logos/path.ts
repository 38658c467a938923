/** Where a provider's logo is, below the public URL. */
export const logoPath = (provider: string): string => `/v1/providers/${provider}/logo.svg`;

/** Whose logo the path is of, whether there is such a provider or not. */
export const providerAt = (path: string): string | undefined => /^\/v1\/providers\/([^/]*)\/logo\.svg$/.exec(path)?.[1];
