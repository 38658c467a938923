import { Dialog } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { CloseIcon } from './icons.tsx';

/** A dialog over the page; `at-side` slides in from the edge and leaves the page to be seen. */
export function Modal({
  open,
  onClose,
  title,
  about,
  children,
  footer,
  look = 'in-middle',
}: {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly about?: ReactNode;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
  readonly look?: 'in-middle' | 'at-side';
}) {
  return (
    <Dialog.Root open={open} onOpenChange={next => next || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Viewport className={`modal-place ${look}`}>
          <Dialog.Popup className={`modal ${look}`}>
            <header className="modal-head">
              <div>
                <Dialog.Title className="modal-title">{title}</Dialog.Title>
                {about !== undefined && <Dialog.Description className="modal-about">{about}</Dialog.Description>}
              </div>
            </header>
            <div className="modal-body">{children}</div>
            {footer !== undefined && <footer className="modal-foot">{footer}</footer>}
            {/* Last, so that the focus begins at what the dialog is for. */}
            <Dialog.Close className="button quiet square modal-close" aria-label="Close">
              <CloseIcon />
            </Dialog.Close>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
