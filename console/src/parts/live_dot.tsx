import type { Live } from '../rpc/live.ts';

/** Whether what is shown follows what happens. */
export function LiveDot({ live }: { readonly live: Live }) {
  const text = live === 'open' ? 'Live' : live === 'opening' ? 'Connecting' : 'Reconnecting';
  return (
    <span className={`live ${live}`} role="status">
      <span className="dot" aria-hidden="true" />
      {text}
    </span>
  );
}
