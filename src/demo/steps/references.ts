import type { Stage } from '../stage.ts';
import { check, type Step } from '../step.ts';

type Reference = { value: string; label: string; state: string };

/** By the command line, as people and scripts do it. */
export const channelsFound: Step = {
  title: 'channels looked up and resolved',
  async show(stage) {
    const [workspace] = stage.sandbox.seeds.slack.workspaces;
    const wanted = workspace?.channels.find(({ name }) => name === 'deploys');
    check(workspace !== undefined && wanted !== undefined, 'the sandbox has no channel deploys');
    const found = await ask(stage, 'lookup', 'slack.channel', '--all');
    const open = workspace.channels.filter(({ isPrivate, isArchived }) => !isPrivate && !isArchived);
    const missing = open.filter(({ id }) => !found.some(({ value }) => value === id));
    check(missing.length === 0, `${missing.map(({ name }) => name).join(', ')} not found`);
    const [best] = await ask(stage, 'lookup', 'slack.channel', '--q', 'deploys');
    check(best?.value === wanted.id, `the best match for deploys is ${best?.label}`);
    const [known, unknown] = await ask(stage, 'resolve', 'slack.channel', wanted.id, 'C0NOTTHERE0');
    check(known?.state === 'REFERENCE_STATE_PRESENT', `${wanted.id} is ${known?.state}`);
    check(unknown?.state === 'REFERENCE_STATE_NOT_FOUND', `C0NOTTHERE0 is ${unknown?.state}`);
    stage.notes.set('channel', wanted.id);
    return `${found.length} channels, ${wanted.id} is ${known.label}, C0NOTTHERE0 is NOT_FOUND`;
  },
};

async function ask(stage: Stage, ...args: string[]): Promise<Reference[]> {
  const command = stage.mobius('references', ...args, '--json');
  const status = await command.ended;
  check(status === 0, `mobius ended with ${status}: ${command.stderr()}`);
  return (JSON.parse(command.stdout()) as { references?: Reference[] }).references ?? [];
}
