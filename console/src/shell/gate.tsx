import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { Skeleton } from '../parts/states.tsx';
import { sessionQuery } from '../session/session.ts';
import { SignInScreen } from '../session/sign_in_screen.tsx';

/** Nothing is shown to whom is not signed in. */
export function Gate({ children }: { readonly children: ReactNode }) {
  const { data, error, refetch } = useQuery(sessionQuery());
  if (data === null) return <SignInScreen problem={new URLSearchParams(location.search).get('sign_in')} />;
  if (data !== undefined) return children;
  if (error === null) return <Skeleton rows={1} label="Loading the session" />;
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Notice
          tone="bad"
          title="The service cannot be reached"
          action={<Button onClick={() => void refetch()}>Try again</Button>}
        />
      </div>
    </main>
  );
}
