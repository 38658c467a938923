/**
 * What a provider cannot show through the service and its sandbox, and why: every exception from the walk there is. Named by
 * `<provider> <part>`, `<provider> <AUTH_KIND>` or a reference type.
 */
export const exceptions: Readonly<Record<string, string>> = {
  'clay WEBHOOK_SECRET wrong': 'Nothing is sent when a table’s webhook is set up, so that nothing can refuse.',
  'clay request': 'The sandbox stands on plain http, and a table’s webhook must be https.',
  'postgres CONNECTION_STRING wrong': 'A connection string is read and not tried, so that nothing can refuse.',
  'postgres request': 'A database is not asked over HTTP.',
};
