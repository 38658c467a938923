import { Button as BaseButton } from '@base-ui/react/button';
import type { ComponentProps } from 'react';

type Props = ComponentProps<'button'> & {
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger';
  /** Under way: it keeps the focus, takes no further click, and turns. */
  readonly busy?: boolean;
};

export function Button({ look = 'plain', busy = false, disabled = false, className, children, ...more }: Props) {
  return (
    <BaseButton
      type="button"
      {...more}
      className={['button', look, className].filter(Boolean).join(' ')}
      disabled={busy || disabled}
      focusableWhenDisabled={busy}
      aria-busy={busy || undefined}
    >
      {busy && <Spinner />}
      {children}
    </BaseButton>
  );
}

export function Spinner() {
  return <span className="spinner" aria-hidden="true" />;
}
