import { Toast } from '@base-ui/react/toast';
import { useEffect } from 'react';
import { CloseIcon } from './icons.tsx';
import { onSaid } from './say.ts';

/** Shows what is said. */
export function Toasts() {
  return (
    <Toast.Provider timeout={6_000}>
      <Toast.Portal>
        <Toast.Viewport className="toasts">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts, add } = Toast.useToastManager();
  useEffect(
    () =>
      onSaid(({ title, description, type }) => {
        add({ title, ...(description && { description }), type, ...(type === 'bad' && { priority: 'high' as const }) });
      }),
    [add],
  );
  return toasts.map(toast => (
    <Toast.Root key={toast.id} toast={toast} className={`toast ${toast.type ?? ''}`} swipeDirection={[]}>
      <Toast.Content className="toast-content">
        <div>
          <Toast.Title className="toast-title" />
          <Toast.Description className="toast-about" />
        </div>
        <Toast.Close className="button quiet square" aria-label="Close">
          <CloseIcon />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
