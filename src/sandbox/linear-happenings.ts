import { type Happener, objectsOf } from './happenings.ts';
import { linearOrganizations, uuidOf } from './world.ts';

/** `Issue.create`, `Issue.update` and `Comment.create`. */
export const happenLinear: Happener = {
  happen(wish, context) {
    const organization =
      linearOrganizations.find(({ name }) => name === (wish.account ?? linearOrganizations[0]!.name)) ??
      linearOrganizations[0]!;
    const [type = '', action = ''] = wish.event.split('.');
    const time = context.now();
    const at = time.toISOString();
    const known = objectsOf(context, each => each.account === organization.name && each.event.startsWith(`${type}.`));
    const before = known.find(({ id }) => id === wish.object) ?? (action === 'create' ? undefined : known.at(-1));
    const number = context.happenings.length + 1_001;
    const fresh = {
      id: uuidOf(`${organization.urlKey}/happened/${type}/${number}`),
      createdAt: at,
      ...(type === 'Issue' && {
        identifier: `ENG-${number}`,
        title: `Issue ${number}`,
        priority: 0,
        teamId: organization.teams[0]!.id,
        assigneeId: null,
        projectId: null,
        labelIds: [],
      }),
      ...(type === 'Comment' && { body: `Comment ${number}`, issueId: uuidOf(`${organization.urlKey}/issues/any`) }),
    };
    const object = { ...(before ?? fresh), updatedAt: at };
    const body = {
      action,
      type,
      createdAt: at,
      organizationId: organization.id,
      data: object,
      webhookTimestamp: time.getTime(),
    };
    return { provider: 'linear', account: organization.name, target: '', event: wish.event, time, object, body };
  },
  reaches: (hook, { account, event }) =>
    hook.account === account && (hook.facts.resourceTypes as readonly string[]).includes(event.split('.')[0] ?? ''),
};
