/* A modal dialogue: the browser's own, which keeps the focus inside and gives it back. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface DialogProps {
  title: string;
  wide?: boolean;
  onClose: () => void;
  onSubmit?: () => void;
  actions: ComponentChildren;
  children: ComponentChildren;
}

export function Dialog({ title, wide, onClose, onSubmit, actions, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  const submit = (event: Event): void => {
    event.preventDefault();
    onSubmit?.();
  };
  return (
    <dialog
      ref={dialog}
      class={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <form onSubmit={submit} noValidate>
        <h2 id="dialog-title">{title}</h2>
        <div class="dialog-body">{children}</div>
        <div class="dialog-actions">{actions}</div>
      </form>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  action: string;
  danger?: boolean;
  onClose: () => void;
  onConfirm: () => void;
  children: ComponentChildren;
}

export const Confirm = ({ title, action, danger, onClose, onConfirm, children }: ConfirmProps) => (
  <Dialog
    title={title}
    onClose={onClose}
    onSubmit={onConfirm}
    actions={
      <>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class={danger ? 'danger' : 'primary'}>
          {action}
        </button>
      </>
    }
  >
    {children}
  </Dialog>
);
