import type { Action } from '../provider.ts';
import { channelActions } from './actions/channels.ts';
import { messageActions } from './actions/messages.ts';
import { workspaceActions } from './actions/workspace.ts';

/** In the product's order of groups; what the input says is what the Web API method of the same meaning takes. */
export const actions: readonly Action[] = [...messageActions, ...channelActions, ...workspaceActions];
