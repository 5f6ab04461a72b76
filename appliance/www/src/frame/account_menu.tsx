/* What concerns whoever is signed in: the password, and leaving. */
import { useRef, useState } from 'preact/hooks';
import { session, sessionEnd } from '../session.ts';
import { PasswordDialog } from './password_dialog.tsx';

export function AccountMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  const [changing, setChanging] = useState(false);
  const close = (): void => {
    if (menu.current !== null) menu.current.open = false;
  };
  return (
    <>
      <details
        ref={menu}
        class="menu"
        onFocusOut={({ relatedTarget }) => {
          if (relatedTarget instanceof Node && !menu.current?.contains(relatedTarget)) close();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          close();
          menu.current?.querySelector('summary')?.focus();
        }}
      >
        <summary class="button quiet">
          <span class="unseen">Account: </span>
          {session.value?.user ?? 'admin'}
        </summary>
        <div class="menu-items">
          <button
            type="button"
            class="quiet"
            onClick={() => {
              close();
              setChanging(true);
            }}
          >
            Change password…
          </button>
          <button type="button" class="quiet" onClick={() => void sessionEnd()}>
            Sign out
          </button>
        </div>
      </details>
      {changing && <PasswordDialog onClose={() => setChanging(false)} />}
    </>
  );
}
