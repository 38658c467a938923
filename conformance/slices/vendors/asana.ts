import type { Vendor } from '../vendor.ts';
import { apache } from './directory.ts';

const api = apache('asana.com.json', 'Asana API, by Asana, Inc.');

const TASK =
  'name=data.name notes=data.notes html_notes=data.html_notes due_on=data.due_on due_at=data.due_at start_on=data.start_on completed=data.completed';

export const asana: Vendor = {
  provider: 'asana',
  inputs: [
    {
      from: api,
      wanted: {
        'task.create': ['createTask', TASK],
        'task.update': ['updateTask', TASK],
        'task.list': ['getTasksForProject', 'completed_since limit offset'],
        'task.search': ['searchTasksForWorkspace', 'text completed sort_by'],
        'task.create_subtask': ['createSubtaskForTask', TASK],
        'task.list_subtasks': ['getSubtasksForTask', 'limit offset'],
        'comment.create': ['createStoryForTask', 'text=data.text is_pinned=data.is_pinned'],
        'comment.list': ['getStoriesForTask', 'limit offset'],
        'project.create': [
          'createProject',
          'name=data.name notes=data.notes default_view=data.default_view due_on=data.due_on',
        ],
        'project.list': ['getProjects', 'archived limit offset'],
        'project.update': [
          'updateProject',
          'name=data.name notes=data.notes archived=data.archived due_on=data.due_on',
        ],
        'section.list': ['getSectionsForProject', 'limit offset'],
        'user.list': ['getUsers', 'limit offset'],
        'tag.create': ['createTag', 'name=data.name'],
      },
      limits: {
        // Called a date there, and that of a project a moment.
        due_at: { maxLength: 40, format: 'date-time' },
        due_on: { maxLength: 10, format: 'date' },
        completed_since: { maxLength: 40, format: 'date-time' },
        html_notes: { maxLength: 65_535 },
        limit: { minimum: 1, maximum: 100 },
        name: { maxLength: 1_024 },
        notes: { maxLength: 65_535 },
        offset: { maxLength: 1_024 },
        'task.search.text': { maxLength: 512 },
        text: { maxLength: 65_535 },
      },
    },
  ],
  objects: [
    {
      from: api,
      // Which of its days are moments is mixed up there.
      rules: { omit: /^(resource_type|resource_subtype|photo)$/, formats: [] },
      wanted: {
        task: [
          'getTask:data',
          'gid name completed completed_at due_on due_at start_on assignee notes parent projects tags permalink_url created_at modified_at',
        ],
        story: ['createStoryForTask:data', 'gid text type created_at created_by'],
        project: ['getProject:data', 'gid name archived notes due_on owner team permalink_url'],
        section: ['getSectionsForProject:data.[]', 'gid name'],
        user: ['getUser:data', 'gid name email'],
        tag: ['createTag:data', 'gid name'],
      },
    },
    {
      from: api,
      nullable: ['user', 'parent'],
      wanted: { event: ['getEvents:data.[]', 'user resource parent created_at change'] },
    },
  ],
};
