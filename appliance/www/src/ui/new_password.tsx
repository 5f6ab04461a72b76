/* A new password, typed twice, with advice on how hard it is to guess. */
import { PASSWORD_MAX, strengthOf, type Strength } from '../format/strength.ts';

const StrengthBar = ({ level }: { level: number }) => (
  <span class={`strength level-${level}`} aria-hidden="true">
    <span />
    <span />
    <span />
    <span />
  </span>
);

/* So that a browser's store of passwords knows whose it is. */
export const UserName = () => (
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
);

interface NewPasswordProps {
  label: string;
  password: string;
  again: string;
  autofocus?: boolean;
  onPassword: (text: string) => void;
  onAgain: (text: string) => void;
  seen: boolean;
}

export const isReady = (password: string, again: string): boolean =>
  strengthOf(password).grade !== 'short' && again === password;

const adviceOn = (password: string, strength: Strength): string =>
  password === ''
    ? 'At least 12 characters. Four unrelated words are easy to keep and hard to guess.'
    : strength.advice;

export function NewPassword(props: NewPasswordProps) {
  const { label, password, again, seen } = props;
  const strength = strengthOf(password);
  const differs = again !== '' && again !== password;
  const type = seen ? 'text' : 'password';
  return (
    <>
      <div class="field">
        <label for="new-password">{label}</label>
        <input
          id="new-password"
          type={type}
          autocomplete="new-password"
          maxLength={PASSWORD_MAX}
          aria-describedby="strength"
          autofocus={props.autofocus}
          value={password}
          onInput={(event) => props.onPassword(event.currentTarget.value)}
        />
        <StrengthBar level={strength.level} />
        <p class="field-help" id="strength" role="status">
          {adviceOn(password, strength)}
        </p>
      </div>
      <div class="field">
        <label for="new-password-again">Once more</label>
        <input
          id="new-password-again"
          type={type}
          autocomplete="new-password"
          maxLength={PASSWORD_MAX}
          aria-invalid={differs}
          aria-describedby={differs ? 'again-error' : undefined}
          value={again}
          onInput={(event) => props.onAgain(event.currentTarget.value)}
        />
        {differs && (
          <p class="field-error" id="again-error">
            The two are not the same yet.
          </p>
        )}
      </div>
    </>
  );
}

export const SeenSwitch = ({ seen, onSeen }: { seen: boolean; onSeen: (seen: boolean) => void }) => (
  <label class="check">
    <input type="checkbox" checked={seen} onChange={(event) => onSeen(event.currentTarget.checked)} /> Show
    what I type
  </label>
);
