import { action, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { field, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';
import { slice } from './slice.ts';

/** Source: @notionhq/client 5.26, api-endpoints. */

const id = (what: string) =>
  text(`${what} id`, 36, { pattern: '^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$' });
const page = picked('notion.page', id('Page'));
const dataSource = picked('notion.data_source', id('Data source'));
const user = picked('notion.user', id('User'));
const block = id('Block, or page,');
const comment = id('Comment');

/** What people read about fields that several actions have. */
const paging = { page_size: 'Objects at most', start_cursor: '`next_cursor` of the page before' };
const map = (description: string, maxProperties: number): JsonSchema => ({
  type: 'object',
  description,
  maxProperties,
  additionalProperties: { type: 'object', maxProperties: 10 },
});
const properties = map('Values by the name or id of the property, in Notion’s form', 100);
const freely = (description: string): JsonSchema => ({ type: 'object', description, maxProperties: 20 });
const children = listOf('Blocks in Notion’s form', freely('A block'), 100);
const content = { markdown: 'Text in Notion’s Markdown' };
const place = { icon: text('An emoji', 16), cover_url: text('Address of a picture', 2_000, { format: 'uri' }) };

const list = (of: JsonSchema) =>
  output(['results', 'has_more'], {
    results: field('array', 'The objects', { items: of }),
    has_more: field('boolean', 'Whether there are more'),
    next_cursor: field(['string', 'null'], 'Where the next page begins'),
  });
const aPage = slice.object('page');
const aDataSource = slice.object('data_source');
const aDatabase = slice.object('database');
const aBlock = slice.object('block');
const aComment = slice.object('comment');
const aUser = slice.object('user');
const aText = slice.object('markdown');

const reads = (name: string, title: string, description: string, rest: Omit<Parameters<typeof action>[3], 'effect'>) =>
  action(`notion.${name}`, title, description, { effect: READS, ...rest });
const adds = (name: string, title: string, description: string, rest: Omit<Parameters<typeof action>[3], 'effect'>) =>
  action(`notion.${name}`, title, description, { effect: ADDS, ...rest });
const sets = (name: string, title: string, description: string, rest: Omit<Parameters<typeof action>[3], 'effect'>) =>
  action(`notion.${name}`, title, description, { effect: SETS, ...rest });

export const actions: readonly Action[] = [
  adds('page.create', 'Create a page', 'Makes a page below another.', {
    needs: { parent: page, title: text('Title', 2_000) },
    takes: { ...slice.fields('page.create', content), children, ...place },
    gives: aPage,
  }),
  adds('page.create_in_data_source', 'Add a row', 'Makes a page as a row of a data source.', {
    needs: { data_source: dataSource, properties },
    takes: {
      ...slice.fields('page.create_in_data_source', content),
      children,
      template: picked('notion.template', id('Template'), { data_source: 'data_source' }),
      ...place,
    },
    gives: aPage,
  }),
  reads('page.get', 'Get a page', 'Reads a page’s properties.', { needs: { page }, gives: aPage }),
  reads('page.get_property', 'Get a property of a page', 'Reads one property’s value, long ones in parts.', {
    needs: { page, ...slice.fields('page.get_property', { property: 'Property id' }) },
    takes: slice.fields('page.get_property', paging),
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
    needs: { page, ...slice.fields('page.append_markdown', content) },
    takes: slice.fields('page.append_markdown', { position: 'Where' }),
    gives: aText,
  }),
  sets('page.replace_markdown', 'Replace a page’s text', 'Puts Markdown in place of a page’s whole content.', {
    risk: 'HIGH',
    needs: { page, ...slice.fields('page.replace_markdown', content) },
    takes: slice.fields('page.replace_markdown', {
      allow_deleting_content: 'Whether pages and databases in it may be lost',
    }),
    gives: aText,
  }),
  sets('page.update', 'Update a page', 'Sets the given properties of a page and leaves the others.', {
    needs: { page },
    takes: { properties, ...slice.fields('page.update', { is_locked: 'Locks or unlocks it' }), ...place },
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
    takes: slice.fields('page.search', { query: 'Words', sort: 'Order by the last edit', ...paging }),
    gives: list(aPage),
  }),
  reads('data_source.search', 'Search data sources', 'Finds data sources that were shared, by words of their titles.', {
    takes: slice.fields('data_source.search', { query: 'Words', ...paging }),
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
      ...slice.fields('data_source.query', paging),
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
    takes: slice.fields('data_source.list_templates', { name: 'Words of the name', ...paging }),
    gives: slice.object('templates'),
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
    takes: slice.fields('database.create', { is_inline: 'Whether it stands among the page’s blocks' }),
    gives: aDatabase,
  }),
  reads('block.get', 'Get a block', 'Reads a block.', { needs: { block }, gives: aBlock }),
  reads('block.list_children', 'List blocks', 'Reads the blocks in a page or block.', {
    needs: { block },
    takes: slice.fields('block.list_children', paging),
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
    takes: slice.fields('comment.list', paging),
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
    takes: slice.fields('user.list', paging),
    gives: list(aUser),
  }),
];
