import { platformOf, platformText } from '../src/dev/platform.ts';
import { providers } from '../src/providers/index.ts';
import { startSandbox } from '../src/sandbox/start.ts';

/** The providers' sandbox in a process of its own, its Slack with as many channels as are asked for. */
export type SandboxJob = { readonly channels: readonly string[] };

export type SandboxAnswer = {
  /** For MOBIUS_PLATFORM_FILE. */
  readonly platform: string;
  readonly botToken: string;
  /** Those that a bot is shown. */
  readonly channels: readonly { readonly id: string; readonly name: string }[];
};

/** Callers of the vendor's own API at once. */
const AT_ONCE = 8;

const sandbox = await startSandbox();
const { botToken } = sandbox.seeds.slack;

type Channel = { readonly id: string; readonly name: string };
type Page = { readonly channels: readonly Channel[]; readonly response_metadata?: { readonly next_cursor?: string } };

async function ask<T>(method: string, form: Record<string, string>): Promise<T> {
  const answer = await fetch(`${sandbox.endpoints.slack.api}/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${botToken}` },
    body: new URLSearchParams(form),
  });
  const body = (await answer.json()) as T & { ok: boolean; error?: string };
  if (!body.ok) throw new Error(`sandbox: ${method}: ${body.error}`);
  return body;
}

async function list(): Promise<readonly Channel[]> {
  const found: Channel[] = [];
  let cursor = '';
  do {
    const form = { types: 'public_channel,private_channel', exclude_archived: 'true', limit: '1000' };
    const page = await ask<Page>('conversations.list', { ...form, ...(cursor !== '' && { cursor }) });
    found.push(...page.channels);
    cursor = page.response_metadata?.next_cursor ?? '';
  } while (cursor !== '');
  return found;
}

async function fill({ channels }: SandboxJob): Promise<SandboxAnswer> {
  // What it is seeded with counts.
  const open = channels.slice((await list()).length);
  const create = async (): Promise<void> => {
    for (let name = open.pop(); name !== undefined; name = open.pop()) await ask('conversations.create', { name });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, create));
  const platform = platformText(platformOf(sandbox, providers));
  return { platform, botToken, channels: (await list()).map(({ id, name }) => ({ id, name })) };
}

process.on('message', (job: SandboxJob) => {
  fill(job).then(
    answer => process.send?.(answer),
    error => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
