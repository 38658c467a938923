import { HAPPENINGS } from '../../../src/providers/github/happenings.ts';
import type { Source, Vendor } from '../vendor.ts';

const webhooks: Source = {
  package: '@octokit/openapi-webhooks',
  version: '12.1.0',
  file: 'generated/api.github.com.json',
  license: 'MIT',
  notice: { file: 'LICENSE' },
};

/** The listed event types by the description's names. Where a sender chooses the action, that of a sample stands there. */
const EVENTS = Object.fromEntries(
  HAPPENINGS.flatMap(([event, , , actions]) =>
    Object.keys(actions).map(action => {
      const name = action === '' ? event : `${event}.${action}`;
      const entry = event === 'repository_dispatch' ? `${event}-sample.collected` : name.replace('.', '-');
      return [name, entry.replaceAll('_', '-')];
    }),
  ),
);

/** Addresses of the API, what only GitHub's own pages show, and settings of a repository that stand in its pull requests. */
const OMIT = new RegExp(
  [
    '^(?!html_url$|target_url$).*_url$',
    '^(url|_links|reactions|performed_via_github_app|gravatar_id|enterprise|active_lock_reason|user_view_type)$',
    '^(issue_field_values|issue_dependencies_summary|sub_issues_summary)$',
    '^(allow|delete|merge_commit|squash_merge|use_squash)_(auto_merge|update_branch|branch_on_merge|message|title|commit_.*|pr_.*)$',
  ].join('|'),
);
const RELIED =
  /^(id|number|name|full_name|login|title|body|ref|sha|head|base|tag_name|head_sha|head_ref|message|page_name)$/;

export const github: Vendor = {
  provider: 'github',
  payloads: [
    {
      from: webhooks,
      wanted: EVENTS,
      examples: { package: '@octokit/webhooks-examples', version: '7.6.1', file: 'api.github.com/index.json' },
      rules: {
        depth: 3,
        omit: OMIT,
        relied: RELIED,
        opaque: /^(permissions|cvss|cvss_severities|epss|cwes|identifiers|verification)$/,
        shapes: [
          { by: 'gists_url', keep: 'id login type' },
          { by: 'public_members_url', keep: 'id node_id login' },
          { by: 'color', keep: 'id name color' },
          { by: 'notification_setting', keep: 'id name slug' },
          { by: 'keys_url', keep: 'id node_id name full_name owner private default_branch html_url' },
          { by: 'closed_issues', keep: 'id number title state due_on html_url' },
        ],
      },
    },
  ],
};
