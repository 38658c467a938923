import type { Source, Vendor } from '../vendor.ts';

const client: Source = {
  package: '@notionhq/client',
  version: '5.26.0',
  file: 'build/src/api-endpoints.d.ts',
  license: 'MIT',
  notice: { file: 'LICENSE' },
};

const PAGE = 'page_size start_cursor';

/** Types of the payloads by event, as the client names them: `page.content_updated` is PageContentUpdatedWebhookPayload. */
const EVENTS = Object.fromEntries(
  [
    ['page', 'created deleted undeleted moved content_updated properties_updated locked unlocked'],
    ['page.transcription_block', 'transcript_deleted'],
    ['database', 'created deleted undeleted moved content_updated schema_updated'],
    ['data_source', 'created deleted undeleted moved content_updated schema_updated'],
    ['comment', 'created updated deleted'],
    ['view', 'created updated deleted'],
    ['file_upload', 'created completed expired upload_failed'],
  ].flatMap(([object = '', verbs = '']) =>
    verbs.split(' ').map(verb => {
      const words = `${object}.${verb}`.split(/[._]/);
      return [
        `${object}.${verb}`,
        `${words.map(word => word[0]?.toUpperCase() + word.slice(1)).join('')}WebhookPayload`,
      ];
    }),
  ),
) as Readonly<Record<string, string>>;

export const notion: Vendor = {
  provider: 'notion',
  payloads: [{ from: client, wanted: EVENTS, rules: { depth: 3, relied: /^(id|type)$/ } }],
  inputs: [
    {
      from: client,
      wanted: {
        'page.create': ['CreatePageParameters', 'markdown'],
        'page.create_in_data_source': ['CreatePageParameters', 'markdown'],
        'page.get_property': ['GetPagePropertyParameters', `property=property_id ${PAGE}`],
        'page.append_markdown': [
          'UpdatePageMarkdownParameters',
          'markdown=insert_content.content position=insert_content.position.type',
        ],
        'page.replace_markdown': [
          'UpdatePageMarkdownParameters',
          'markdown=replace_content.new_str allow_deleting_content=replace_content.allow_deleting_content',
        ],
        'page.update': ['UpdatePageParameters', 'is_locked'],
        'page.search': ['SearchParameters', `query sort=sort.direction ${PAGE}`],
        'data_source.search': ['SearchParameters', `query ${PAGE}`],
        'data_source.query': ['QueryDataSourceParameters', PAGE],
        'data_source.list_templates': ['ListDataSourceTemplatesParameters', `name ${PAGE}`],
        'database.create': ['CreateDatabaseParameters', 'is_inline'],
        'block.list_children': ['ListBlockChildrenParameters', PAGE],
        'comment.list': ['ListCommentsParameters', PAGE],
        'user.list': ['ListUsersParameters', PAGE],
      },
      // Whole numbers are numbers to TypeScript.
      limits: {
        markdown: { maxLength: 100_000 },
        name: { maxLength: 256 },
        page_size: { type: 'integer', minimum: 1, maximum: 100 },
        property: { maxLength: 256 },
        query: { maxLength: 512 },
        start_cursor: { maxLength: 256 },
      },
    },
  ],
  objects: [
    {
      from: client,
      rules: { opaque: /^(properties|rich_text|title|description|person|bot)$/ },
      wanted: {
        page: [
          'PageObjectResponse',
          'object id url parent properties is_locked in_trash created_time last_edited_time',
        ],
        data_source: ['DataSourceObjectResponse', 'object id title description properties parent url in_trash'],
        database: ['DatabaseObjectResponse', 'object id title data_sources parent is_inline url in_trash'],
        block: ['BlockObjectResponse', 'object id type has_children parent in_trash created_time last_edited_time'],
        comment: ['CommentObjectResponse', 'object id discussion_id parent rich_text created_time last_edited_time'],
        user: ['UserObjectResponse', 'object id type name avatar_url'],
        markdown: ['PageMarkdownResponse', 'object id markdown truncated'],
        templates: ['ListDataSourceTemplatesResponse', 'templates has_more next_cursor'],
      },
    },
  ],
};
