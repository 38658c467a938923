import type { Source, Vendor } from '../vendor.ts';

const sdk: Source = {
  package: '@linear/sdk',
  version: '98.0.0',
  file: 'dist/index.d.mts',
  license: 'MIT',
  notice: { file: 'LICENSE' },
};

const type = (name: string) => `LinearDocument.${name}`;
const ISSUE = [
  'title description priority estimate due_date=dueDate team_id=teamId project_id=projectId state_id=stateId',
  'cycle_id=cycleId label_ids=labelIds assignee_id=assigneeId parent_id=parentId',
].join(' ');
const PAGE = 'first after';
const ID = { minLength: 1, maxLength: 64 };

export const linear: Vendor = {
  provider: 'linear',
  inputs: [
    {
      from: sdk,
      wanted: {
        'issue.create': [type('IssueCreateInput'), ISSUE],
        'issue.update': [type('IssueUpdateInput'), ISSUE],
        'issue.search': [type('QuerySearchIssuesArgs'), `term team_id=teamId include_archived=includeArchived ${PAGE}`],
        'issue.add_comment': [type('CommentCreateInput'), 'issue_id=issueId body parent_id=parentId'],
        'team.list': [type('QueryTeamsArgs'), PAGE],
        'project.search': [type('QuerySearchProjectsArgs'), `term team_id=teamId ${PAGE}`],
        'user.search': [type('QueryUsersArgs'), PAGE],
        'issue_label.search': [type('QueryIssueLabelsArgs'), PAGE],
        'workflow_state.list': [type('QueryWorkflowStatesArgs'), PAGE],
        'cycle.list': [type('QueryCyclesArgs'), PAGE],
      },
      // Whole numbers are numbers to TypeScript, and days are anything.
      limits: {
        after: { maxLength: 512 },
        assignee_id: ID,
        body: { maxLength: 100_000 },
        cycle_id: ID,
        description: { maxLength: 100_000 },
        due_date: { type: 'string', maxLength: 10, format: 'date' },
        estimate: { type: 'integer', minimum: 0, maximum: 1_000 },
        first: { type: 'integer', minimum: 1, maximum: 250 },
        issue_id: ID,
        label_ids: { maxItems: 50, items: ID },
        parent_id: ID,
        priority: { type: 'integer', minimum: 0, maximum: 4 },
        project_id: ID,
        state_id: ID,
        team_id: ID,
        term: { maxLength: 512 },
        title: { maxLength: 512 },
      },
    },
  ],
  objects: [
    {
      from: sdk,
      rules: {
        omit: /^__typename$/,
        shapes: [
          { by: 'cyclesEnabled', keep: 'id key name' },
          { by: 'isMe', keep: 'id name displayName email' },
          { by: 'position', keep: 'id name type color' },
        ],
      },
      wanted: {
        issue: [
          type('Issue'),
          'id identifier title description url priority estimate state team assignee labelIds createdAt updatedAt',
        ],
        comment: [type('Comment'), 'id body url createdAt'],
        team: [type('Team'), 'id key name'],
        project: [type('Project'), 'id name description status url'],
        user: [type('User'), 'id name displayName email active'],
        issue_label: [type('IssueLabel'), 'id name color'],
        workflow_state: [type('WorkflowState'), 'id name type color'],
        cycle: [type('Cycle'), 'id number name startsAt endsAt'],
      },
    },
    {
      from: sdk,
      rules: { omit: /^(__typename|avatarUrl)$/ },
      wanted: {
        happening: [type('EntityWebhookPayload'), 'organizationId createdAt actor url webhookId webhookTimestamp'],
        sent_attachment: [
          type('AttachmentWebhookPayload'),
          'id title subtitle url issueId sourceType creatorId createdAt updatedAt',
        ],
        sent_comment: [
          type('CommentWebhookPayload'),
          'id body issueId issue parentId projectId projectUpdateId userId user editedAt createdAt updatedAt',
        ],
        sent_customer: [
          type('CustomerWebhookPayload'),
          'id name domains externalIds url ownerId status tier revenue size createdAt updatedAt',
        ],
        sent_customer_need: [
          type('CustomerNeedWebhookPayload'),
          'id body priority customerId customer issueId issue projectId creatorId createdAt updatedAt',
        ],
        sent_cycle: [
          type('CycleWebhookPayload'),
          'id number name description teamId startsAt endsAt completedAt createdAt updatedAt',
        ],
        sent_document: [
          type('DocumentWebhookPayload'),
          'id title content projectId initiativeId creatorId updatedById createdAt updatedAt',
        ],
        sent_initiative: [
          type('InitiativeWebhookPayload'),
          'id name description url status health targetDate ownerId owner creatorId startedAt completedAt createdAt updatedAt',
        ],
        sent_initiative_update: [
          type('InitiativeUpdateWebhookPayload'),
          'id body health url initiativeId initiative userId user createdAt updatedAt',
        ],
        sent_issue: [
          type('IssueWebhookPayload'),
          [
            'id identifier number title description url priority priorityLabel estimate dueDate teamId team stateId state',
            'assigneeId assignee creatorId projectId project projectMilestoneId cycleId parentId labelIds labels',
            'createdAt updatedAt startedAt completedAt canceledAt archivedAt',
          ].join(' '),
        ],
        sent_issue_label: [
          type('IssueLabelWebhookPayload'),
          'id name color description isGroup parentId teamId createdAt updatedAt',
        ],
        sent_project: [
          type('ProjectWebhookPayload'),
          [
            'id name description url statusId status priority health leadId lead teamIds memberIds labelIds',
            'startDate targetDate startedAt completedAt canceledAt createdAt updatedAt',
          ].join(' '),
        ],
        sent_project_update: [
          type('ProjectUpdateWebhookPayload'),
          'id body health url projectId project userId user createdAt updatedAt',
        ],
        sent_reaction: [
          type('ReactionWebhookPayload'),
          'id emoji commentId comment issueId issue projectUpdateId userId user createdAt updatedAt',
        ],
        sent_user: [
          type('UserWebhookPayload'),
          'id name displayName email active admin guest timezone createdAt updatedAt',
        ],
      },
    },
  ],
};
