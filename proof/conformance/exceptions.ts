/**
 * What a provider cannot show through the service and its sandbox, and why: every exception from the walk there is. Named by
 * `<provider> <part>`, `<provider> <AUTH_KIND>` or a reference type.
 */
export const exceptions: Readonly<Record<string, string>> = {
  'clay WEBHOOK_SECRET wrong': 'Nothing is sent when a table’s webhook is set up, so that nothing can refuse.',
  'clay request': 'The sandbox stands on plain http, and a table’s webhook must be https.',
  'slack.usergroup': 'The emulator package knows no user groups.',
  'github.label': 'The emulator package’s repositories are empty.',
  'github.branch': 'The emulator package’s repositories are empty.',
  'github.milestone': 'The emulator package’s repositories are empty.',
  'github.user': 'The emulator package’s repositories have no collaborators.',
  'github.workflow': 'The emulator package’s repositories are empty.',
  'github.issue': 'The emulator package’s repositories are empty.',
  'github.pull_request': 'The emulator package’s repositories are empty.',
  'linear.cycle': 'The emulator package has no cycles.',
  'linear.issue_label': 'The emulator package has no labels.',
  'jira BASIC': 'The sandbox’s Jira knows OAuth only; see providers_jira.test.ts.',
  'jira.issue': 'The sandbox’s Jira has projects only; see providers_jira.test.ts.',
  'jira.user': 'The sandbox’s Jira has projects only; see providers_jira.test.ts.',
  'jira.issue_type': 'The sandbox’s Jira has projects only; see providers_jira.test.ts.',
  'jira.transition': 'The sandbox’s Jira has projects only; see providers_jira.test.ts.',
  'openai.file': 'The sandbox’s OpenAI has models only.',
  'postgres CONNECTION_STRING wrong': 'A connection string is read and not tried, so that nothing can refuse.',
  'postgres request': 'A database is not asked over HTTP.',
};
