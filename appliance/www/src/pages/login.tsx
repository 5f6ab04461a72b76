/* Signing in; a lock-out after wrong passwords is counted down. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem, reasonOf } from '../api/problem.ts';
import { countdown } from '../format/moment.ts';
import { expired, session, sessionBegin } from '../session.ts';
import { Gate } from './gate.tsx';

function useCountdown(): [number, (seconds: number) => void] {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (left <= 0) return undefined;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return [left, setLeft];
}

export function Login() {
  const [user, setUser] = useState('admin');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [lockedS, setLockedS] = useCountdown();
  const field = useRef<HTMLInputElement>(null);
  const refused = (error: unknown): void => {
    setBusy(false);
    setPassword('');
    field.current?.focus();
    if (error instanceof Problem && error.status === 429) {
      setFailure(null);
      setLockedS(Math.ceil(error.retryAfterS ?? 60));
    } else if (error instanceof Problem && error.status === 401) {
      setFailure('User or password is wrong.');
    } else {
      setFailure(reasonOf(error));
    }
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (busy || lockedS > 0) return;
    if (password === '') {
      setFailure('Type the password.');
      field.current?.focus();
      return;
    }
    setBusy(true);
    sessionBegin(user, password).catch(refused);
  };
  return (
    <Gate title={`Sign in to ${session.value?.hostname ?? 'Bulkhead'}`}>
      {expired.value && (
        <p class="notice">Your session has ended. Sign in again; what was checked of your changes is kept.</p>
      )}
      <form onSubmit={submit} noValidate>
        <div class="field">
          <label for="user">User</label>
          <input
            id="user"
            type="text"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            value={user}
            onInput={(event) => setUser(event.currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for="password">Password</label>
          <input
            id="password"
            ref={field}
            type="password"
            autocomplete="current-password"
            autofocus
            aria-invalid={failure !== null}
            aria-describedby={failure === null ? undefined : 'login-failure'}
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </div>
        {failure !== null && (
          <p class="field-error" id="login-failure" role="alert">
            {failure}
          </p>
        )}
        {lockedS > 0 && (
          <p class="field-error" role="alert">
            Too many wrong passwords. Try again in <span aria-hidden="true">{countdown(lockedS)}</span>
            <span class="unseen">a while</span>.
          </p>
        )}
        <button type="submit" class="primary" disabled={busy || lockedS > 0}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </Gate>
  );
}
