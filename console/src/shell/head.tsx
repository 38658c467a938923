import { type ReactNode, useEffect } from 'react';

/** A page's title, what it is for, and what can be done here. */
export function Head({
  title,
  about,
  actions,
  before,
}: {
  readonly title: string;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly before?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Mobius`;
  }, [title]);
  return (
    <header className="head">
      {before}
      <div className="head-text">
        <h1>{title}</h1>
        {about !== undefined && <p>{about}</p>}
      </div>
      {actions !== undefined && <div className="head-actions">{actions}</div>}
    </header>
  );
}
