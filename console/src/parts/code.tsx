import { Collapsible } from '@base-ui/react/collapsible';
import { type ReactNode, useState } from 'react';
import { Button } from './button.tsx';
import { CheckIcon, ChevronRight, CopyIcon } from './icons.tsx';

/** What a provider or a person wrote, as text and nothing else. */
export function Json({ value, label }: { readonly value: unknown; readonly label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="code" tabIndex={0} aria-label={label}>
      <pre>{JSON.stringify(value, undefined, 2)}</pre>
    </section>
  );
}

/** Folded until asked for. */
export function Fold({
  title,
  children,
  open = false,
}: {
  readonly title: ReactNode;
  readonly children: ReactNode;
  readonly open?: boolean;
}) {
  return (
    <Collapsible.Root className="fold" defaultOpen={open}>
      <Collapsible.Trigger className="fold-trigger">
        <ChevronRight size={14} />
        {title}
      </Collapsible.Trigger>
      <Collapsible.Panel className="fold-panel">{children}</Collapsible.Panel>
    </Collapsible.Root>
  );
}

/** An id to look at and to take along. */
export function Copied({ text, label }: { readonly text: string; readonly label: string }) {
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 1_500);
  };
  return (
    <span className="copied">
      <code>{text}</code>
      <Button look="quiet" className="square tiny" aria-label={`Copy ${label}`} onClick={() => void copy()}>
        {done ? <CheckIcon size={13} /> : <CopyIcon size={13} />}
      </Button>
    </span>
  );
}
