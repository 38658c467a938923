import { ReferenceState } from '../../gen/mobius/integrations/v1/reference_pb.js';
import { ReferenceService } from '../../gen/mobius/integrations/v1/reference_service_pb.js';
import { type ChannelStage, channelType, connectWorkspace, eventually, lookup, onChannels, walk } from '../channels.ts';
import { expectEqual, type Figures, type Guarantee, tally } from '../guarantee.ts';

const channels = 2_000;
const changes = 1_000;
const project = 'drift';

export const referenceDrift: Guarantee = {
  name: 'reference-drift',
  shows: `${changes} renames, archives and removals, half told by event and half seen by a crawl alone: every state right in the end`,
  prove: ground => onChannels(ground, { processes: 2, channels }, prove),
};

type Change = { readonly id: string; readonly kind: 'RENAMED' | 'ARCHIVED' | 'NOT_FOUND'; readonly isTold: boolean };

async function prove({ slack, processes, db, pass }: ChannelStage): Promise<Figures> {
  const [first, second] = processes;
  if (first === undefined || second === undefined) throw new Error('no processes');
  await connectWorkspace(first, project, slack);
  const isWhole = (answer: { completeness?: { complete: boolean } | undefined }) =>
    answer.completeness?.complete === true;
  await eventually(() => lookup(first, project), isWhole, 'the first crawl');
  const before = new Map([...slack.channels].map(([id, { name }]) => [id, `#${name}`]));
  await pass(60_000);

  const kinds = ['RENAMED', 'ARCHIVED', 'NOT_FOUND'] as const;
  const made = [...slack.channels.keys()].slice(0, changes).map((id, i): Change => {
    return { id, kind: kinds[i % 3] ?? 'RENAMED', isTold: Math.floor(i / 3) % 2 === 0 };
  });
  const events: { event: object; at: number }[] = [];
  for (const { id, kind, isTold } of made) {
    const channel = slack.channels.get(id);
    if (channel === undefined) continue;
    const at = slack.now() + events.length;
    if (kind === 'RENAMED') {
      // Twice: the events of the first come after those of the second.
      if (isTold)
        events.push({
          event: { type: 'channel_rename', channel: { id, name: `${channel.name}-first` } },
          at: at - 30_000,
        });
      channel.name = `${channel.name}-renamed`;
      if (isTold) events.unshift({ event: { type: 'channel_rename', channel: { id, name: channel.name } }, at });
    } else if (kind === 'ARCHIVED') {
      channel.isArchived = true;
      if (isTold) events.push({ event: { type: 'channel_archive', channel: id }, at });
    } else {
      slack.channels.delete(id);
      if (isTold) events.push({ event: { type: 'channel_deleted', channel: id }, at });
    }
  }
  // One at a time at each of the two, in whatever order that makes; every tenth comes twice.
  const queue = events.flatMap((one, i) => (i % 10 === 0 ? [one, one] : [one]));
  const statuses: string[] = [];
  await Promise.all(
    [first, second].map(async process => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
        statuses.push(String(await slack.deliver(process.addresses.edge, one.event, one.at)));
      }
    }),
  );
  expectEqual(tally(statuses), { 200: statuses.length }, 'answers to deliveries');

  const states = async (): Promise<ReadonlyMap<string, string>> => {
    const { rows } = await db.query('select value, state, label from indexed_references where project = $1', [project]);
    return new Map(rows.map(row => [row.value, `${row.state} ${row.label}`]));
  };
  const wanted = ({ id, kind }: Change): string => {
    const label = `${before.get(id)}${kind === 'RENAMED' ? '-renamed' : ''}`;
    return `${kind === 'RENAMED' ? 'PRESENT' : kind} ${label}`;
  };
  const wrongOf = async (some: readonly Change[]) => {
    const found = await states();
    return some.filter(change => found.get(change.id) !== wanted(change)).length;
  };
  const told = made.filter(({ isTold }) => isTold);
  const silent = made.filter(({ isTold }) => !isTold);
  // What came out of order is asked for; nobody listed anything yet.
  await eventually(
    () => wrongOf(told),
    wrong => wrong === 0,
    'what events told',
  );
  expectEqual(await wrongOf(silent), silent.length, 'silent changes known before a crawl');

  const pages = slack.answered.pages;
  await pass(7 * 3_600_000);
  await eventually(
    () => wrongOf(made),
    wrong => wrong === 0,
    'what the crawl saw',
  );
  expectEqual(slack.answered.pages - pages >= Math.ceil((channels - (changes * 2) / 3) / 200), true, 'a crawl');
  const resolved: string[] = [];
  for (let at = 0; at < made.length; at += 100) {
    const values = made.slice(at, at + 100).map(({ id }) => id);
    const knownLabels = Object.fromEntries(values.map(id => [id, before.get(id) ?? '']));
    const request = { project, referenceType: channelType, values, knownLabels };
    const { references } = await second.rpc(ReferenceService).resolveReferences(request);
    resolved.push(...references.map(({ state }) => ReferenceState[state]));
  }
  const wrong = resolved.filter((state, i) => state !== made[i]?.kind).length;
  expectEqual(wrong, 0, 'wrong states');
  const listed = [...slack.channels.values()].filter(({ isArchived }) => !isArchived);
  expectEqual((await walk(first, project)).toSorted(), listed.map(({ id }) => id).toSorted(), 'references offered');
  return { changes: made.length, by_event: told.length, by_crawl: silent.length, deliveries: statuses.length, wrong };
}
