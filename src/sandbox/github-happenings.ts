import type { SandboxContext } from './context.ts';
import { githubExample } from './deliveries.ts';
import { type Happener, type Happening, objectsOf, type Wish } from './happenings.ts';
import { type GitHubAccount, githubAccounts } from './world.ts';

/** Numbers and ids of what happens here, out of the way of those that the package counts up. */
const firstNumber = 9_001;

/** `issues.opened`, `issues.closed` and `issue_comment.created`. */
export const happenGitHub: Happener = {
  happen(wish, context) {
    const [name = '', action = ''] = wish.event.split('.');
    const target = wish.target ?? repositoryOf(githubAccounts[0]!);
    const [login = '', repository = ''] = target.split('/');
    const time = context.now();
    const example = structuredClone(githubExample({ event: name, account: login }));
    const shown = { ...example.repository, name: repository, full_name: target };
    const common = { account: login, target, event: wish.event, time, provider: 'github' };
    const { installation: _, organization: __, ...rest } = example;
    const issue = issueOf(wish, context, target, name === 'issues' ? action : '', rest.issue as object);
    if (name === 'issues') {
      return { ...common, object: issue, body: { action, issue, repository: shown, sender: rest.sender } };
    }
    const number = firstNumber + context.happenings.length;
    const comment = {
      ...(rest.comment as object),
      id: number,
      node_id: `IC_sandbox${number}`,
      created_at: seconds(time),
      updated_at: seconds(time),
      issue_url: `${context.base('github')}/repos/${target}/issues/${issue.number}`,
    };
    return { ...common, object: comment, body: { action, issue, comment, repository: shown, sender: rest.sender } };
  },
  reaches: (hook, { target, event }) =>
    hook.facts.repository === target && (hook.facts.events as readonly string[]).includes(event.split('.')[0] ?? ''),
};

type Issue = Happening['object'] & { readonly number: number };

function issueOf(wish: Wish, context: SandboxContext, target: string, action: string, example: object): Issue {
  const time = seconds(context.now());
  const known = objectsOf(context, each => each.target === target && each.event.startsWith('issues.'));
  const before = known.find(({ id }) => String(id) === wish.object) ?? (action === 'opened' ? undefined : known.at(-1));
  const number = firstNumber + context.happenings.length;
  const opened = {
    ...example,
    id: number,
    node_id: `I_sandbox${number}`,
    number,
    title: `Issue ${number}`,
    url: `${context.base('github')}/repos/${target}/issues/${number}`,
    state: 'open',
    created_at: time,
    updated_at: time,
    closed_at: null,
    pull_request: undefined,
  };
  const issue = (before ?? opened) as Issue;
  return action === 'closed' ? { ...issue, state: 'closed', updated_at: time, closed_at: time } : issue;
}

/** GitHub tells whole seconds. */
function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

const repositoryOf = ({ login, repositories }: GitHubAccount): string => `${login}/${repositories[0]}`;
