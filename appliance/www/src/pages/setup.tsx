/* The first visit: whoever is there first, from the LAN, sets the password. */
import { useState } from 'preact/hooks';
import { reasonOf } from '../api/problem.ts';
import { session, sessionSetUp } from '../session.ts';
import { isReady, NewPassword, SeenSwitch, UserName } from '../ui/new_password.tsx';
import { Gate } from './gate.tsx';

export function Setup() {
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [seen, setSeen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const ready = isReady(password, again) && !busy;
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!ready) return;
    setBusy(true);
    sessionSetUp(password).catch((error: unknown) => {
      setFailure(reasonOf(error));
      setBusy(false);
    });
  };
  return (
    <Gate title="Set the administrator's password">
      <p>
        This is the first visit to <strong>{session.value?.hostname ?? 'this appliance'}</strong>. There is no
        default password: the one you choose now is the only way in, besides the serial console.
      </p>
      <form onSubmit={submit} noValidate>
        <UserName />
        <NewPassword
          label="Password"
          autofocus
          password={password}
          again={again}
          onPassword={setPassword}
          onAgain={setAgain}
          seen={seen}
        />
        <SeenSwitch seen={seen} onSeen={setSeen} />
        {failure !== null && (
          <p class="field-error" role="alert">
            {failure}
          </p>
        )}
        <button type="submit" class="primary" disabled={!ready}>
          {busy ? 'Setting…' : 'Set password and enter'}
        </button>
      </form>
    </Gate>
  );
}
