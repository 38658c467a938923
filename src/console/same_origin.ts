/** What the page sends with each of its requests; no other origin can without our leave, which nobody has. */
export const pageHeader = 'x-mobius-console';

/**
 * Whether a request comes from our own page. The cookie alone proves nothing: a page on another port of the same host is
 * the same site, so SameSite lets it through.
 */
export function isFromPage(header: (name: string) => string | undefined, publicUrl: string): boolean {
  if (header(pageHeader) === undefined) return false;
  const site = header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = header('origin');
  return origin === undefined || origin === new URL(publicUrl).origin;
}
