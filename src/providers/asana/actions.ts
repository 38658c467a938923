import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { field, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';
import { slice } from './slice.ts';

const gid = (what: string) => text(`${what} id`, 32, { pattern: '^[0-9]+$' });
const workspace = picked('asana.workspace', gid('Workspace'));
const inWorkspace = { workspace: 'workspace' };
const project = picked('asana.project', gid('Project'), inWorkspace);
const anyProject = { schema: gid('Project'), reference: { type: 'asana.project', dependsOn: inWorkspace } };
const task = picked('asana.task', gid('Task'), inWorkspace);
const assignee = picked('asana.user', gid('User who does it'), inWorkspace);
const tag = picked('asana.tag', gid('Tag'), inWorkspace);
const section = picked('asana.section', gid('Section'), { project: 'project' });

const words = {
  name: 'Name',
  notes: 'Text without markup',
  html_notes: 'Text in Asana’s HTML, in place of notes',
  due_on: 'Day it is due',
  due_at: 'Moment it is due, in place of the day',
  start_on: 'Day it begins',
  completed: 'Whether it is done',
};
const paging = { limit: 'Objects at most', offset: '`next_page.offset` of the page before' };
const data = (of: JsonSchema) => output(['data'], { data: of });
const list = (of: JsonSchema, what: string) =>
  output(['data'], {
    data: field('array', what, { items: of }),
    next_page: field(['object', 'null'], 'Offset of the next page'),
  });

const aTask = slice.object('task');
const aProject = slice.object('project');
const aStory = slice.object('story');
const aUser = slice.object('user');

/** Fields of a task: what Asana takes, and who does it. */
const taskFields = (name: 'task.create' | 'task.update' | 'task.create_subtask') => ({
  ...slice.fields(name, words),
  assignee,
});
const createTask = taskFields('task.create');
const createSubtask = taskFields('task.create_subtask');
const reading = { effect: READS, scopes: ['tasks:read'] };
const writing = { effect: SETS, scopes: ['tasks:write'] };

export const actions: readonly Action[] = [
  action('asana.task.create', 'Create a task', 'Makes a task in a workspace, and in projects where some are given.', {
    effect: ADDS,
    scopes: ['tasks:write'],
    needs: { workspace, name: createTask.name },
    takes: {
      ...createTask,
      projects: picked('asana.project', listOf('Projects', gid('Project'), 20), inWorkspace),
      tags: picked('asana.tag', listOf('Tags', gid('Tag'), 20), inWorkspace),
      followers: picked('asana.user', listOf('Users who are told of changes', gid('User'), 50), inWorkspace),
    },
    gives: data(aTask),
  }),
  action('asana.task.update', 'Update a task', 'Changes the given fields of a task and leaves the others.', {
    ...writing,
    needs: { workspace, task },
    takes: taskFields('task.update'),
    atLeast: 3,
    gives: data(aTask),
  }),
  action('asana.task.get', 'Get a task', 'Reads a task.', {
    ...reading,
    needs: { workspace, task },
    gives: data(aTask),
  }),
  action('asana.task.delete', 'Delete a task', 'Moves a task to the trash, where it stays for 30 days.', {
    effect: REMOVES,
    scopes: ['tasks:delete'],
    needs: { workspace, task },
    gives: done,
  }),
  action('asana.task.list', 'List tasks of a project', 'Reads the tasks of a project.', {
    ...reading,
    needs: { workspace, project: anyProject },
    takes: slice.fields('task.list', { completed_since: 'Leaves out what was done before', ...paging }),
    gives: list(aTask, 'Tasks'),
  }),
  action(
    'asana.task.search',
    'Search tasks',
    'Finds tasks of a workspace by words and fields; for paying workspaces.',
    {
      ...reading,
      needs: { workspace },
      takes: {
        ...slice.fields('task.search', {
          text: 'Words of name or text',
          completed: 'Only done ones, or only open ones',
          sort_by: 'Order',
        }),
        'assignee.any': picked('asana.user', gid('User'), inWorkspace),
        'projects.any': picked('asana.project', gid('Project'), inWorkspace),
        limit: integer('Objects at most', 1, 100),
      },
      gives: list(aTask, 'Tasks'),
    },
  ),
  action('asana.task.create_subtask', 'Create a subtask', 'Makes a task below another.', {
    effect: ADDS,
    scopes: ['tasks:write'],
    needs: { workspace, task, name: createSubtask.name },
    takes: createSubtask,
    gives: data(aTask),
  }),
  action('asana.task.list_subtasks', 'List subtasks', 'Reads the tasks below a task.', {
    ...reading,
    needs: { workspace, task },
    takes: slice.fields('task.list_subtasks', paging),
    gives: list(aTask, 'Tasks'),
  }),
  action(
    'asana.task.add_to_project',
    'Add a task to a project',
    'Puts a task into a project, in a section where one is given.',
    {
      ...writing,
      needs: { workspace, task, project },
      takes: { section },
      gives: done,
    },
  ),
  action('asana.task.remove_from_project', 'Remove a task from a project', 'Takes a task out of a project.', {
    ...writing,
    needs: { workspace, task, project },
    gives: done,
  }),
  action('asana.task.add_tag', 'Tag a task', 'Puts a tag on a task.', {
    ...writing,
    needs: { workspace, task, tag },
    gives: done,
  }),
  action('asana.task.remove_tag', 'Untag a task', 'Takes a tag off a task.', {
    ...writing,
    needs: { workspace, task, tag },
    gives: done,
  }),
  action('asana.task.add_followers', 'Add followers', 'Has people told of a task’s changes.', {
    ...writing,
    needs: { workspace, task, followers: picked('asana.user', listOf('Users', gid('User'), 50), inWorkspace) },
    gives: data(aTask),
  }),
  action('asana.task.set_parent', 'Move a task below another', 'Makes a task the subtask of another.', {
    ...writing,
    needs: { workspace, task, parent: picked('asana.task', gid('Task above'), inWorkspace) },
    gives: data(aTask),
  }),
  action('asana.comment.create', 'Comment on a task', 'Adds a comment to a task.', {
    effect: ADDS,
    scopes: ['stories:write'],
    needs: { workspace, task, ...slice.fields('comment.create', { text: 'Text' }) },
    takes: slice.fields('comment.create', { is_pinned: 'Keeps it on top' }),
    gives: data(aStory),
  }),
  action('asana.comment.list', 'List comments', 'Reads comments and history of a task.', {
    effect: READS,
    scopes: ['stories:read'],
    needs: { workspace, task },
    takes: slice.fields('comment.list', paging),
    gives: list(aStory, 'Stories'),
  }),
  action('asana.project.create', 'Create a project', 'Makes a project in a workspace.', {
    effect: ADDS,
    scopes: ['projects:write'],
    needs: { workspace, ...slice.fields('project.create', { name: 'Name' }) },
    takes: {
      team: picked('asana.team', gid('Team'), inWorkspace),
      ...slice.fields('project.create', { notes: 'Text', default_view: 'How it is shown', due_on: 'Day it is due' }),
    },
    gives: data(aProject),
  }),
  action('asana.project.get', 'Get a project', 'Reads a project.', {
    effect: READS,
    scopes: ['projects:read'],
    needs: { workspace, project },
    gives: data(aProject),
  }),
  action('asana.project.list', 'List projects', 'Reads the projects of a workspace.', {
    effect: READS,
    scopes: ['projects:read'],
    needs: { workspace },
    takes: slice.fields('project.list', { archived: 'Only those put away, or only the others', ...paging }),
    gives: list(aProject, 'Projects'),
  }),
  action('asana.project.update', 'Update a project', 'Changes the given fields of a project.', {
    effect: SETS,
    scopes: ['projects:write'],
    needs: { workspace, project },
    takes: slice.fields('project.update', {
      name: 'Name',
      notes: 'Text',
      archived: 'Puts it away',
      due_on: 'Day it is due',
    }),
    atLeast: 3,
    gives: data(aProject),
  }),
  action('asana.section.list', 'List sections', 'Reads the sections of a project.', {
    effect: READS,
    needs: { workspace, project },
    takes: slice.fields('section.list', paging),
    gives: list(slice.object('section'), 'Sections'),
  }),
  action('asana.section.add_task', 'Move a task to a section', 'Puts a task into a section of its project.', {
    ...writing,
    needs: { workspace, project, section, task },
    gives: done,
  }),
  action('asana.user.get', 'Get a user', 'Reads a person.', {
    effect: READS,
    scopes: ['users:read'],
    needs: { workspace, user: picked('asana.user', gid('User'), inWorkspace) },
    gives: data(aUser),
  }),
  action('asana.user.list', 'List users', 'Reads the people of a workspace.', {
    effect: READS,
    scopes: ['users:read'],
    needs: { workspace },
    takes: slice.fields('user.list', paging),
    gives: list(aUser, 'Users'),
  }),
  action('asana.tag.create', 'Create a tag', 'Makes a tag in a workspace.', {
    effect: ADDS,
    scopes: ['tags:write'],
    needs: { workspace, ...slice.fields('tag.create', { name: 'Name' }) },
    gives: data(slice.object('tag')),
  }),
];
