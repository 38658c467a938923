import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

/** Source: developer.clickup.com/reference, API v2. */

type Rest = Omit<Parameters<typeof action>[3], 'effect'>;

const number = (what: string) => text(`${what} id`, 20, { pattern: '^[0-9]+$' });
const workspace = picked('clickup.workspace', number('Workspace'));
const space = picked('clickup.space', number('Space'), { workspace: 'workspace' });
const folder = picked('clickup.folder', number('Folder'), { space: 'space' });
const list = picked('clickup.list', number('List'), { space: 'space', folder: 'folder' });
const inList = { list: 'list' };
const task = picked('clickup.task', text('Task id', 32, { pattern: '^[A-Za-z0-9-]+$' }), inList);
const member = picked('clickup.member', number('Member'), inList);
const members = (what: string) => picked('clickup.member', listOf(what, number('Member'), 50), inList);
const status = picked('clickup.status', text('Name of the status', 100), inList);
const tag = picked('clickup.tag', text('Name of the tag', 100), { space: 'space' });
const customField = picked('clickup.custom_field', text('Field id', 36), inList);
const name = text('Name', 2_048);
const markdown = text('Text in Markdown', 100_000);
const millis = (what: string) => integer(`${what}, in milliseconds since 1970`, 0, 4_102_444_800_000);
const page = { page: integer('Which page, from 0', 0, 100_000) };

/** Where it is: only for picking, where the id is not known. */
const where = { workspace, space, folder };
const named = { name: field('string', 'Name') };
const object = (what: string, more: Readonly<Record<string, JsonSchema>> = named) =>
  output(['id'], { id: field('string', `${what} id`), ...more });
const aTask = object('Task', {
  ...named,
  status: field('object', 'Status: status, color'),
  assignees: field('array', 'Who does it: id, username'),
  due_date: field(['string', 'null'], 'When it is due, in milliseconds since 1970'),
  priority: field(['object', 'null'], 'Priority'),
  list: field('object', 'List: id, name'),
  url: field('string', 'Address'),
});
const tasks = output(['tasks'], {
  tasks: field('array', 'Tasks', { items: aTask }),
  last_page: field('boolean', 'Whether there are no more'),
});
const aList = object('List', { ...named, task_count: field(['integer', 'null'], 'How many tasks it has') });
const aComment = output(['id'], {
  id: { description: 'Comment id' },
  date: { description: 'When, in milliseconds since 1970' },
});
const within = (key: string, item: JsonSchema) =>
  output([key], { [key]: field('array', 'The objects', { items: item }) });

const taskFields = {
  markdown_content: markdown,
  status,
  priority: integer('1 urgent, 2 high, 3 normal, 4 low', 1, 4),
  due_date: millis('When it is due'),
  start_date: millis('When it begins'),
  time_estimate: integer('Milliseconds it should take', 0, 31_536_000_000),
};

const effects = { reads: READS, adds: ADDS, sets: SETS, removes: REMOVES } as const;
const each = (effect: keyof typeof effects, verb: string, title: string, description: string, rest: Rest): Action =>
  action(`clickup.${verb}`, title, description, { effect: effects[effect], ...rest });
/** On one task, which can be picked from a list. */
const onTask = (effect: keyof typeof effects, verb: string, title: string, description: string, rest: Rest): Action =>
  each(effect, verb, title, description, {
    ...rest,
    needs: { task, ...rest.needs },
    takes: { ...where, list, ...rest.takes },
  });

export const actions: readonly Action[] = [
  each('reads', 'workspace.list', 'List workspaces', 'Reads the workspaces that were granted.', {
    gives: within('teams', object('Workspace')),
  }),
  each('reads', 'space.list', 'List spaces', 'Reads the spaces of a workspace.', {
    needs: { workspace },
    takes: { archived: flag('Only those put away') },
    gives: within('spaces', object('Space')),
  }),
  each('reads', 'folder.list', 'List folders', 'Reads the folders of a space.', {
    needs: { workspace, space },
    takes: { archived: flag('Only those put away') },
    gives: within('folders', object('Folder')),
  }),
  each('adds', 'folder.create', 'Create a folder', 'Makes a folder in a space.', {
    needs: { workspace, space, name },
    gives: object('Folder'),
  }),
  each('reads', 'list.list', 'List lists', 'Reads the lists of a folder, or those of a space that are in none.', {
    needs: { workspace, space },
    takes: { folder, archived: flag('Only those put away') },
    gives: within('lists', aList),
  }),
  each('reads', 'list.get', 'Get a list', 'Reads a list and the statuses of its tasks.', {
    needs: { list },
    takes: where,
    gives: aList,
  }),
  each('adds', 'list.create', 'Create a list', 'Makes a list in a folder, or in a space outside of all.', {
    needs: { workspace, space, name },
    takes: { folder, content: markdown, due_date: millis('When it is due') },
    gives: aList,
  }),
  each('sets', 'list.update', 'Update a list', 'Changes the given fields of a list.', {
    needs: { list },
    takes: { ...where, name, content: markdown, due_date: millis('When it is due') },
    atLeast: 2,
    gives: aList,
  }),
  each('reads', 'list.list_members', 'List members', 'Reads who the tasks of a list can be given to.', {
    needs: { list },
    takes: where,
    gives: within(
      'members',
      output(['id'], { id: field('integer', 'Member id'), username: field(['string', 'null'], 'Name') }),
    ),
  }),
  each('reads', 'list.list_fields', 'List fields', 'Reads the fields that the tasks of a list have.', {
    needs: { list },
    takes: where,
    gives: within('fields', object('Field', { ...named, type: field('string', 'Kind') })),
  }),
  each('adds', 'task.create', 'Create a task', 'Makes a task in a list.', {
    needs: { list, name },
    takes: {
      ...where,
      ...taskFields,
      assignees: members('Who does it'),
      tags: picked('clickup.tag', listOf('Tags', text('Name of the tag', 100), 50), { space: 'space' }),
      parent: picked('clickup.task', text('Task above', 32, { pattern: '^[A-Za-z0-9-]+$' }), inList),
      notify_all: flag('Whether who makes it is told of it too'),
    },
    gives: aTask,
  }),
  onTask('reads', 'task.get', 'Get a task', 'Reads a task.', {
    takes: { include_subtasks: flag('Whether with the tasks below it') },
    gives: aTask,
  }),
  each('reads', 'task.list', 'List tasks', 'Reads the tasks of a list, a hundred at a time.', {
    needs: { list },
    takes: {
      ...where,
      ...page,
      include_closed: flag('Whether closed ones too'),
      subtasks: flag('Whether those below others too'),
      assignees: members('Only what these do'),
      date_updated_gt: millis('Only what changed after'),
    },
    gives: tasks,
  }),
  each(
    'reads',
    'task.search',
    'Find tasks',
    'Reads the tasks of a workspace that filters let through, a hundred at a time.',
    {
      needs: { workspace },
      takes: {
        ...page,
        space_ids: picked('clickup.space', listOf('Only in these spaces', number('Space'), 50), {
          workspace: 'workspace',
        }),
        list_ids: listOf('Only in these lists', number('List'), 50),
        statuses: listOf('Only of these statuses', text('Name of the status', 100), 50),
        include_closed: flag('Whether closed ones too'),
        due_date_lt: millis('Only what is due before'),
        date_updated_gt: millis('Only what changed after'),
      },
      gives: tasks,
    },
  ),
  onTask('sets', 'task.update', 'Update a task', 'Changes the given fields of a task.', {
    takes: {
      name,
      ...taskFields,
      assignees_add: members('Who is to do it too'),
      assignees_remove: members('Who is not to do it any more'),
      archived: flag('Puts it away, or brings it back'),
    },
    atLeast: 2,
    gives: aTask,
  }),
  onTask('removes', 'task.delete', 'Delete a task', 'Deletes a task.', { gives: done }),
  onTask('sets', 'task.add_tag', 'Tag a task', 'Puts a tag on a task.', { needs: { tag }, gives: done }),
  onTask('sets', 'task.remove_tag', 'Untag a task', 'Takes a tag off a task.', { needs: { tag }, gives: done }),
  onTask('sets', 'task.set_custom_field', 'Set a field', 'Sets a task’s value of a field.', {
    needs: { custom_field: customField, value: text('Value; numbers and option ids as text', 100_000) },
    gives: done,
  }),
  onTask('sets', 'task.remove_custom_field', 'Clear a field', 'Takes away a task’s value of a field.', {
    needs: { custom_field: customField },
    gives: done,
  }),
  onTask('sets', 'task.add_dependency', 'Make a task wait', 'Has a task wait for another.', {
    needs: { depends_on: text('Task that it waits for', 32, { pattern: '^[A-Za-z0-9-]+$' }) },
    gives: done,
  }),
  onTask('adds', 'comment.create', 'Comment on a task', 'Adds a comment to a task.', {
    needs: { comment_text: markdown },
    takes: { assignee: member, notify_all: flag('Whether who writes it is told of it too') },
    gives: aComment,
  }),
  onTask('reads', 'comment.list', 'List comments', 'Reads the comments on a task, the newest first.', {
    takes: { start: millis('Only older than'), start_id: number('Last comment of the page before:') },
    gives: within('comments', aComment),
  }),
  each('sets', 'comment.update', 'Edit a comment', 'Changes a comment, or says that it is settled.', {
    needs: { comment: number('Comment') },
    takes: { comment_text: markdown, resolved: flag('Whether it is settled') },
    atLeast: 2,
    gives: done,
  }),
  each('removes', 'comment.delete', 'Delete a comment', 'Deletes a comment.', {
    needs: { comment: number('Comment') },
    gives: done,
  }),
  onTask('adds', 'checklist.create', 'Create a checklist', 'Puts a checklist on a task.', {
    needs: { name },
    gives: output(['checklist'], { checklist: object('Checklist') }),
  }),
  each('adds', 'checklist.add_item', 'Add an item', 'Adds an item to a checklist.', {
    needs: { checklist: text('Checklist id', 36), name },
    gives: output(['checklist'], { checklist: object('Checklist') }),
  }),
  each('adds', 'time_entry.create', 'Note time', 'Notes time that was spent.', {
    needs: { workspace, start: millis('When it began'), duration: integer('Milliseconds', 1, 31_536_000_000) },
    takes: {
      task: text('Task id', 32),
      description: text('What was done', 10_000),
      billable: flag('Whether it is charged'),
    },
    gives: output(['data'], { data: field('object', 'The entry') }),
  }),
  each('reads', 'goal.list', 'List goals', 'Reads the goals of a workspace.', {
    needs: { workspace },
    takes: { include_completed: flag('Whether reached ones too') },
    gives: within('goals', object('Goal')),
  }),
  each('reads', 'goal.get', 'Get a goal', 'Reads a goal and its targets.', {
    needs: { workspace, goal: picked('clickup.goal', text('Goal id', 36), { workspace: 'workspace' }) },
    gives: output(['goal'], { goal: object('Goal') }),
  }),
];
