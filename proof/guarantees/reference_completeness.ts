import { setTimeout as delay } from 'node:timers/promises';
import { GapCause } from '../../gen/mobius/integrations/v1/reference_pb.js';
import { type ChannelStage, channelType, connectWorkspace, lookup, onChannels, walk } from '../channels.ts';
import { expect, expectEqual, type Figures, type Guarantee } from '../guarantee.ts';
import type { ServiceProcess } from '../service_process.ts';
import type { SlackWorkspace } from '../slack_workspace.ts';

const channels = 10_000;
const pagesPerMinute = 20;
const pages = channels / 200;
const project = 'complete';

export const referenceCompleteness: Guarantee = {
  name: 'reference-completeness',
  shows: `${channels} channels at ${pagesPerMinute} pages a minute, a 429 storm, a kill -9 mid-crawl: whole in the end, never said so before`,
  prove: ground => onChannels(ground, { processes: 2, channels }, prove),
};

async function prove(stage: ChannelStage): Promise<Figures> {
  const { slack, alive, db, pass } = stage;
  slack.limitPerMinute = pagesPerMinute;
  const startMs = slack.now();
  const causes = new Set<string>();
  let answers = 0;
  let isKilled = false;
  await connectWorkspace(anyOf(alive), project, slack);
  const untilMs = performance.now() + 90_000;
  for (;;) {
    const isWhole = await Promise.all(alive.map(process => look(process, slack, causes)));
    answers += isWhole.filter(whole => !whole).length;
    if (isWhole.every(Boolean)) break;
    expect(performance.now() < untilMs, 'the crawl does not end');
    if (slack.answered.pages >= 15 && slack.answered.stormed === 0) slack.storm = 8;
    if (slack.answered.pages >= 30 && !isKilled) {
      await killMidPage(stage);
      isKilled = true;
    }
    await pass(5_000);
  }
  const minutes = (slack.now() - startMs) / 60_000;
  expect(isKilled && slack.answered.stormed === 8, 'there was no storm, or nobody was killed');
  for (const process of alive) {
    expectEqual(await walk(process, project), [...slack.channels.keys()], 'references found');
  }
  const { rows } = await db.query(
    `select count(*)::int as n from indexed_references i join reference_lists l on l.project = i.project and l.id = i.list
      where i.project = $1 and l.reference_type = $2`,
    [project, channelType],
  );
  expectEqual(rows[0].n, channels, 'rows of the index');
  expect(causes.has('CRAWL_UNDER_WAY') && causes.has('RATE_LIMITED'), `told only ${[...causes].join(', ')}`);
  // The page that the killed process had in hand was read for nothing; no other was.
  expect(slack.answered.pages <= pages + 1, `${slack.answered.pages} pages were read for ${pages}`);
  expectEqual(slack.answered.early, 0, 'calls before the wait was over that the provider asked for');
  expect(minutes >= pages / pagesPerMinute - 1, 'faster than the provider allows');
  return {
    channels,
    pages_read: slack.answered.pages,
    refused_429: slack.answered.throttled,
    before_the_wait_was_over: slack.answered.early,
    simulated_minutes: Number(minutes.toFixed(1)),
    incomplete_answers: answers,
    wrongly_complete: 0,
  };
}

/** Whether the answer says it is whole; what it says must be so. */
async function look(process: ServiceProcess, slack: SlackWorkspace, causes: Set<string>): Promise<boolean> {
  const { completeness } = await lookup(process, project, { q: 'channel-0', pageSize: 1 });
  for (const { cause } of completeness?.gaps ?? []) causes.add(GapCause[cause]);
  if (completeness?.complete !== true) {
    expect((completeness?.gaps.length ?? 0) > 0, 'an answer that is not complete names no gap');
    return false;
  }
  expect(slack.answered.pages >= pages, `complete after ${slack.answered.pages} of ${pages} pages`);
  expectEqual(completeness.known, channels, 'known when complete');
  return true;
}

/** Kills the processes while the provider has a page in hand; what is left of the lease passes by the store's clock. */
async function killMidPage({ slack, db, pass, restart }: ChannelStage): Promise<void> {
  const page = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  slack.before = async method => {
    if (method !== 'conversations.list') return;
    page.resolve();
    await answer.promise;
  };
  for (let isAsked = false; !isAsked; ) {
    await pass(5_000);
    isAsked = await Promise.race([page.promise.then(() => true), delay(200).then(() => false)]);
  }
  const { rows } = await db.query(`select id from reference_lists where lease_end_time > clock_timestamp()`);
  expectEqual(rows.length, 1, 'leases held');
  await restart();
  slack.before = () => undefined;
  answer.resolve();
  await db.query('update reference_lists set lease_end_time = clock_timestamp() where holder is not null');
}

function anyOf(alive: readonly ServiceProcess[]): ServiceProcess {
  const [first] = alive;
  if (first === undefined) throw new Error('no process');
  return first;
}
