/** Where a provider's pages send the browser back to. The service lays the outcome over it. */
export function returnUrl(project: string, provider: string): string {
  return `${location.origin}/console/projects/${project}/providers/${provider}`;
}
