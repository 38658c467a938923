import { action, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

/** Source: @notionhq/client 5.26, api-endpoints. */

const id = (what: string) =>
  text(`${what} id`, 36, { pattern: '^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$' });
const page = picked('notion.page', id('Page'));
const dataSource = picked('notion.data_source', id('Data source'));
const user = picked('notion.user', id('User'));
const block = id('Block, or page,');
const comment = id('Comment');

const cursor = {
  page_size: integer('Objects at most', 1, 100),
  start_cursor: text('`next_cursor` of the page before', 256),
};
const map = (description: string, maxProperties: number): JsonSchema => ({
  type: 'object',
  description,
  maxProperties,
  additionalProperties: { type: 'object', maxProperties: 10 },
});
const properties = map('Values by the name or id of the property, in Notion’s form', 100);
const freely = (description: string): JsonSchema => ({ type: 'object', description, maxProperties: 20 });
const children = listOf('Blocks in Notion’s form', freely('A block'), 100);
const markdown = text('Text in Notion’s Markdown', 100_000);
const place = { icon: text('An emoji', 16), cover_url: text('Address of a picture', 2_000, { format: 'uri' }) };

const object = (kind: string, more: Readonly<Record<string, JsonSchema>> = {}) =>
  output(['object', 'id'], {
    object: field('string', 'Kind of object', { const: kind }),
    id: field('string', 'Id'),
    ...more,
  });
const list = (of: JsonSchema) =>
  output(['results', 'has_more'], {
    results: field('array', 'The objects', { items: of }),
    has_more: field('boolean', 'Whether there are more'),
    next_cursor: field(['string', 'null'], 'Where the next page begins'),
  });
const aPage = object('page', {
  url: field('string', 'Address'),
  properties: field('object', 'Values by name'),
  in_trash: field('boolean', 'Whether it lies in the trash'),
  created_time: field('string', 'When it was made'),
  last_edited_time: field('string', 'When it changed last'),
});
const aDataSource = object('data_source', {
  title: field('array', 'Title'),
  properties: field('object', 'Properties by name: id, type'),
  parent: field('object', 'Database it is a table of'),
});
const aDatabase = object('database', {
  title: field('array', 'Title'),
  data_sources: field('array', 'Its tables: id, name'),
  url: field('string', 'Address'),
});
const aBlock = object('block', {
  type: field('string', 'Kind of block'),
  has_children: field('boolean', 'Whether there are blocks in it'),
});
const aComment = object('comment', {
  discussion_id: field('string', 'Thread it stands in'),
  rich_text: field('array', 'Text'),
});
const aUser = object('user', { name: field(['string', 'null'], 'Name'), type: field('string', 'person or bot') });
const aText = output(['object', 'id', 'markdown'], {
  object: field('string', 'Kind of object'),
  id: field('string', 'Page id'),
  markdown: field('string', 'Its content'),
});

const reads = (name: string, title: string, description: string, rest: Omit<Parameters<typeof action>[3], 'effect'>) =>
  action(`notion.${name}`, title, description, { effect: READS, ...rest });
const adds = (name: string, title: string, description: string, rest: Omit<Parameters<typeof action>[3], 'effect'>) =>
  action(`notion.${name}`, title, description, { effect: ADDS, ...rest });
const sets = (name: string, title: string, description: string, rest: Omit<Parameters<typeof action>[3], 'effect'>) =>
  action(`notion.${name}`, title, description, { effect: SETS, ...rest });

export const actions: readonly Action[] = [
  adds('page.create', 'Create a page', 'Makes a page below another.', {
    needs: { parent: page, title: text('Title', 2_000) },
    takes: { markdown, children, ...place },
    gives: aPage,
  }),
  adds('page.create_in_data_source', 'Add a row', 'Makes a page as a row of a data source.', {
    needs: { data_source: dataSource, properties },
    takes: {
      markdown,
      children,
      template: picked('notion.template', id('Template'), { data_source: 'data_source' }),
      ...place,
    },
    gives: aPage,
  }),
  reads('page.get', 'Get a page', 'Reads a page’s properties.', { needs: { page }, gives: aPage }),
  reads('page.get_property', 'Get a property of a page', 'Reads one property’s value, long ones in parts.', {
    needs: { page, property: text('Property id', 256) },
    takes: cursor,
    gives: output(['object'], {
      object: field('string', 'Kind of object'),
      results: field('array', 'Parts of the value'),
      has_more: field('boolean', 'Whether there are more'),
    }),
  }),
  reads('page.get_markdown', 'Get a page’s text', 'Reads a page’s content as Markdown.', {
    needs: { page },
    gives: aText,
  }),
  adds('page.append_markdown', 'Add text to a page', 'Puts Markdown at a page’s end, or its start.', {
    needs: { page, markdown },
    takes: { position: choice('Where', ['start', 'end']) },
    gives: aText,
  }),
  sets('page.replace_markdown', 'Replace a page’s text', 'Puts Markdown in place of a page’s whole content.', {
    risk: 'HIGH',
    needs: { page, markdown },
    takes: { allow_deleting_content: flag('Whether pages and databases in it may be lost') },
    gives: aText,
  }),
  sets('page.update', 'Update a page', 'Sets the given properties of a page and leaves the others.', {
    needs: { page },
    takes: { properties, is_locked: flag('Locks or unlocks it'), ...place },
    atLeast: 2,
    gives: aPage,
  }),
  sets('page.move', 'Move a page', 'Moves a page below another page.', {
    needs: { page, parent: picked('notion.page', id('Page it goes below,')) },
    gives: aPage,
  }),
  action('notion.page.trash', 'Delete a page', 'Moves a page to the trash.', {
    effect: REMOVES,
    needs: { page },
    gives: aPage,
  }),
  sets('page.restore', 'Restore a page', 'Brings a page back from the trash.', {
    needs: { page: id('Page') },
    gives: aPage,
  }),
  reads('page.search', 'Search pages', 'Finds pages that were shared with the connection, by words of their titles.', {
    takes: {
      query: text('Words', 512),
      sort: choice('Order by the last edit', ['ascending', 'descending']),
      ...cursor,
    },
    gives: list(aPage),
  }),
  reads('data_source.search', 'Search data sources', 'Finds data sources that were shared, by words of their titles.', {
    takes: { query: text('Words', 512), ...cursor },
    gives: list(aDataSource),
  }),
  reads('data_source.get', 'Get a data source', 'Reads a data source and its properties.', {
    needs: { data_source: dataSource },
    gives: aDataSource,
  }),
  reads('data_source.query', 'Query a data source', 'Reads the rows of a data source that a filter lets through.', {
    needs: { data_source: dataSource },
    takes: {
      filter: freely('Filter in Notion’s form'),
      sorts: listOf('Orders: property or timestamp, direction', freely('An order'), 20),
      filter_properties: picked('notion.property', listOf('Properties to read', text('Property id', 256), 100), {
        data_source: 'data_source',
      }),
      ...cursor,
    },
    gives: list(aPage),
  }),
  sets('data_source.update', 'Update a data source', 'Changes the title or the properties of a data source.', {
    risk: 'HIGH',
    needs: { data_source: dataSource },
    takes: { title: text('Title', 2_000), properties: map('Properties by name, in Notion’s form', 100) },
    atLeast: 2,
    gives: aDataSource,
  }),
  reads('data_source.list_templates', 'List templates', 'Reads the page templates of a data source.', {
    needs: { data_source: dataSource },
    takes: { name: text('Words of the name', 256), ...cursor },
    gives: output(['templates', 'has_more'], {
      templates: field('array', 'Templates: id, name, is_default'),
      has_more: field('boolean', 'Whether there are more'),
    }),
  }),
  reads('database.get', 'Get a database', 'Reads a database and names its data sources.', {
    needs: { database: id('Database') },
    gives: aDatabase,
  }),
  adds('database.create', 'Create a database', 'Makes a database with one data source on a page.', {
    needs: {
      parent: page,
      title: text('Title', 2_000),
      properties: map('Properties by name, in Notion’s form; one is the title', 100),
    },
    takes: { is_inline: flag('Whether it stands among the page’s blocks') },
    gives: aDatabase,
  }),
  reads('block.get', 'Get a block', 'Reads a block.', { needs: { block }, gives: aBlock }),
  reads('block.list_children', 'List blocks', 'Reads the blocks in a page or block.', {
    needs: { block },
    takes: cursor,
    gives: list(aBlock),
  }),
  adds('block.append_children', 'Add blocks', 'Adds blocks at the end of a page or block.', {
    needs: { block, children },
    gives: list(aBlock),
  }),
  sets('block.update', 'Update a block', 'Changes the content of a block.', {
    needs: { block, content: freely('The block in Notion’s form, under the name of its kind') },
    gives: aBlock,
  }),
  action('notion.block.delete', 'Delete a block', 'Moves a block, with all in it, to the trash.', {
    effect: REMOVES,
    needs: { block },
    gives: aBlock,
  }),
  adds('comment.create', 'Comment on a page', 'Begins a thread on a page.', {
    needs: { page, text: text('Text', 2_000) },
    gives: aComment,
  }),
  adds('comment.reply', 'Reply to a comment', 'Adds a comment to a thread.', {
    needs: { discussion_id: id('Thread'), text: text('Text', 2_000) },
    gives: aComment,
  }),
  reads('comment.list', 'List comments', 'Reads the open comments on a page or block.', {
    needs: { block },
    takes: cursor,
    gives: list(aComment),
  }),
  sets('comment.update', 'Edit a comment', 'Replaces the text of a comment of the connection’s own.', {
    needs: { comment, text: text('Text', 2_000) },
    gives: aComment,
  }),
  action('notion.comment.delete', 'Delete a comment', 'Deletes a comment of the connection’s own.', {
    effect: REMOVES,
    needs: { comment },
    gives: aComment,
  }),
  reads('user.get', 'Get a user', 'Reads a person or bot.', { needs: { user }, gives: aUser }),
  reads('user.list', 'List users', 'Reads the people and bots of the workspace.', {
    takes: cursor,
    gives: list(aUser),
  }),
];
