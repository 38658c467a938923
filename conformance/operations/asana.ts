import type * as Asana from 'asana';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of the API’s classes. */
export type Operation = Methods<{ [Name in keyof typeof Asana & `${string}Api`]: InstanceType<(typeof Asana)[Name]> }>;

export const operations = {
  'task.create': 'TasksApi.createTask',
  'task.update': 'TasksApi.updateTask',
  'task.get': 'TasksApi.getTask',
  'task.delete': 'TasksApi.deleteTask',
  'task.list': 'TasksApi.getTasks',
  'task.search': 'TasksApi.searchTasksForWorkspace',
  'task.create_subtask': 'TasksApi.createSubtaskForTask',
  'task.list_subtasks': 'TasksApi.getSubtasksForTask',
  'task.add_to_project': 'TasksApi.addProjectForTask',
  'task.remove_from_project': 'TasksApi.removeProjectForTask',
  'task.add_tag': 'TasksApi.addTagForTask',
  'task.remove_tag': 'TasksApi.removeTagForTask',
  'task.add_followers': 'TasksApi.addFollowersForTask',
  'task.set_parent': 'TasksApi.setParentForTask',
  'comment.create': 'StoriesApi.createStoryForTask',
  'comment.list': 'StoriesApi.getStoriesForTask',
  'project.create': 'ProjectsApi.createProject',
  'project.get': 'ProjectsApi.getProject',
  'project.list': 'ProjectsApi.getProjects',
  'project.update': 'ProjectsApi.updateProject',
  'section.list': 'SectionsApi.getSectionsForProject',
  'section.add_task': 'SectionsApi.addTaskForSection',
  'user.get': 'UsersApi.getUser',
  'user.list': 'UsersApi.getUsers',
  'tag.create': 'TagsApi.createTag',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'TasksApi.shout' satisfies Operation;
