import type { SandboxContext } from './context.ts';
import { composers } from './deliveries.ts';
import { happenGitHub } from './github-happenings.ts';
import type { Happener, Happening, Told, Wish } from './happenings.ts';
import { happenJira } from './jira-happenings.ts';
import { happenLinear } from './linear-happenings.ts';

const happeners: Record<string, Happener> = { github: happenGitHub, jira: happenJira, linear: happenLinear };

/** Lets something happen at the vendor and tells its webhooks, each signed with its own secret. */
export async function happen(
  context: SandboxContext,
  record: (happening: Happening) => void,
  provider: string,
  wish: Wish,
): Promise<Told> {
  const happener = happeners[provider];
  const compose = composers[provider];
  if (happener === undefined || compose === undefined) throw new Error(`nothing happens at ${provider} in the sandbox`);
  const happening = happener.happen(wish, context);
  record(happening);
  const hooks = context.hooks(provider).all();
  const deliveries = await Promise.all(
    hooks
      .filter(hook => happener.reaches(hook, happening))
      .map(async hook => {
        const raw = JSON.stringify(happening.body);
        // A secret of the app is the vendor's to know.
        const secret = hook.secret === '' ? {} : { secret: hook.secret };
        const delivery = { event: wish.event, raw, ...secret };
        const { body, headers } = await compose(delivery, context.state.secrets, happening.time);
        return { hook: hook.id, status: await post(context, hook.url, body, headers) };
      }),
  );
  return { happening, deliveries };
}

async function post(
  { fetch }: SandboxContext,
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body,
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    // A vendor notes that nobody was there, and goes on.
    return 0;
  }
}
