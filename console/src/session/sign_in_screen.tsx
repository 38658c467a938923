import { Mark } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { signInHref } from './session.ts';

const problems: Readonly<Record<string, string>> = {
  denied: 'The sign-in was called off at the issuer.',
  too_late: 'The sign-in took too long or was begun in another browser. Begin again.',
  not_for_us: 'The issuer’s token is not one that this service takes. The operator has to look at it.',
  too_large: 'The issuer’s token names too many projects for a session.',
  issuer: 'The issuer could not be asked. Try again in a moment.',
};

export function SignInScreen({ problem }: { readonly problem: string | null }) {
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Mark size={36} />
        <h1>Mobius integrations</h1>
        <p>See what is connected, connect it, and see why something did not fire.</p>
        {problem !== null && <Notice tone="bad">{problems[problem] ?? 'Nobody was signed in.'}</Notice>}
        <a className="button primary wide" href={signInHref()}>
          Sign in
        </a>
      </div>
    </main>
  );
}
