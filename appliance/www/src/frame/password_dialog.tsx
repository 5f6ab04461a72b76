/* Changes the password; every other session ends with that. */
import { useState } from 'preact/hooks';
import { Problem, reasonOf } from '../api/problem.ts';
import { PASSWORD_MAX } from '../format/strength.ts';
import { sessionPasswordChange } from '../session.ts';
import { announce } from '../ui/announcer.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { isReady, NewPassword, SeenSwitch, UserName } from '../ui/new_password.tsx';

function failureText(error: unknown): string {
  if (!(error instanceof Problem)) return reasonOf(error);
  if (error.path === '/old') return 'The present password is wrong.';
  if (error.status === 429) return `Try again in ${Math.ceil(error.retryAfterS ?? 60)} seconds.`;
  return reasonOf(error);
}

export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const [old, setOld] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [seen, setSeen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const ready = old !== '' && isReady(password, again) && !busy;
  const done = (): void => {
    announce('The password is changed. Other sessions have ended.');
    onClose();
  };
  const submit = (): void => {
    if (!ready) return;
    setBusy(true);
    setFailure(null);
    sessionPasswordChange(old, password).then(done, (error: unknown) => {
      setBusy(false);
      setFailure(failureText(error));
    });
  };
  return (
    <Dialog
      title="Change the password"
      onClose={onClose}
      onSubmit={submit}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={!ready}>
            {busy ? 'Changing…' : 'Change password'}
          </button>
        </>
      }
    >
      <UserName />
      <div class="field">
        <label for="old-password">Present password</label>
        <input
          id="old-password"
          type={seen ? 'text' : 'password'}
          autocomplete="current-password"
          maxLength={PASSWORD_MAX}
          autofocus
          value={old}
          onInput={(event) => setOld(event.currentTarget.value)}
        />
      </div>
      <NewPassword
        label="New password"
        password={password}
        again={again}
        onPassword={setPassword}
        onAgain={setAgain}
        seen={seen}
      />
      <SeenSwitch seen={seen} onSeen={setSeen} />
      <p class="field-help">Whoever else is signed in has to sign in again.</p>
      {failure !== null && (
        <p class="field-error" role="alert">
          {failure}
        </p>
      )}
    </Dialog>
  );
}
