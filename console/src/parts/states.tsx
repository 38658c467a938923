import type { ReactNode } from 'react';
import { problemOf } from '../rpc/problem.ts';
import { Button } from './button.tsx';
import { EmptyIcon } from './icons.tsx';
import { Notice } from './notice.tsx';

/** Where nothing is, and what to do about it. */
export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="empty">
      <EmptyIcon size={24} />
      <strong>{title}</strong>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}

/** Grey bars in the shape of what is coming. */
export function Skeleton({ rows = 3, label = 'Loading' }: { readonly rows?: number; readonly label?: string }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <span key={index} />
      ))}
    </div>
  );
}

/** What went wrong, as the service tells it, and the way to try again. */
export function Failed({
  error,
  what,
  retry,
}: {
  readonly error: unknown;
  readonly what: string;
  readonly retry?: () => void;
}) {
  const { message, reason } = problemOf(error);
  return (
    <Notice tone="bad" title={what} action={retry && <Button onClick={retry}>Try again</Button>}>
      {message} {reason !== '' && <code>{reason}</code>}
    </Notice>
  );
}

type Query<T> = {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
  readonly refetch: () => unknown;
};

/** A query's three states; what was loaded stays when a later try fails. */
export function Loaded<T>({
  query,
  what,
  rows,
  children,
}: {
  readonly query: Query<T>;
  /** For the sentence "… could not be loaded". */
  readonly what: string;
  readonly rows?: number;
  readonly children: (data: T) => ReactNode;
}) {
  const { data, error, refetch } = query;
  const failed = error != null && (
    <Failed error={error} what={`${what} could not be loaded`} retry={() => void refetch()} />
  );
  if (data === undefined) return failed || <Skeleton rows={rows ?? 4} label={`Loading ${what.toLowerCase()}`} />;
  return (
    <>
      {failed}
      {children(data)}
    </>
  );
}
