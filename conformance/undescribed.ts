/** Providers with actions whose vendors describe their operations in no package that may be read here, and why. */
export const undescribed: Readonly<Record<string, string>> = {
  clay: 'Clay has no description of its API; a table takes what is posted to its address.',
  clickup: 'The npm package clickup.js has no types, and the vendor’s description no licence.',
  datadog: 'The vendor’s client is 133 MB installed, for 23 actions.',
  mcp: 'The methods are each server’s own answer; the protocol’s package brings ninety others.',
  pagerduty: 'The vendor’s description has no licence, and its client sends any path.',
  sendgrid: 'The vendor’s client sends any path, and its description has no licence.',
  sentry: 'The vendor’s package is under the FSL.',
  shopify: 'The schema of the Admin API is in no package of the vendor’s.',
  table: 'It is ours.',
};
