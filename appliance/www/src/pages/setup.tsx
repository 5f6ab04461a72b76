/* The first visit: whoever is there first, from the LAN, sets the password. */
import { useState } from 'preact/hooks';
import { reasonOf } from '../api/problem.ts';
import { strengthOf, PASSWORD_MAX } from '../format/strength.ts';
import { session, sessionSetUp } from '../session.ts';
import { Gate } from './gate.tsx';

const StrengthBar = ({ level }: { level: number }) => (
  <span class={`strength level-${level}`} aria-hidden="true">
    <span />
    <span />
    <span />
    <span />
  </span>
);

export function Setup() {
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [seen, setSeen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const strength = strengthOf(password);
  const differs = again !== '' && again !== password;
  const ready = strength.grade !== 'short' && again === password && !busy;
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
        <input
          class="unseen"
          type="text"
          name="username"
          autocomplete="username"
          value="admin"
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <div class="field">
          <label for="new-password">Password</label>
          <input
            id="new-password"
            type={seen ? 'text' : 'password'}
            autocomplete="new-password"
            maxLength={PASSWORD_MAX}
            aria-describedby="strength"
            autofocus
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
          <StrengthBar level={strength.level} />
          <p class="field-help" id="strength" role="status">
            {password === ''
              ? 'At least 12 characters. Four unrelated words are easy to keep and hard to guess.'
              : strength.advice}
          </p>
        </div>
        <div class="field">
          <label for="new-password-again">Once more</label>
          <input
            id="new-password-again"
            type={seen ? 'text' : 'password'}
            autocomplete="new-password"
            maxLength={PASSWORD_MAX}
            aria-invalid={differs}
            aria-describedby={differs ? 'again-error' : undefined}
            value={again}
            onInput={(event) => setAgain(event.currentTarget.value)}
          />
          {differs && (
            <p class="field-error" id="again-error">
              The two are not the same yet.
            </p>
          )}
        </div>
        <label class="check">
          <input type="checkbox" checked={seen} onChange={(event) => setSeen(event.currentTarget.checked)} />{' '}
          Show what I type
        </label>
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
