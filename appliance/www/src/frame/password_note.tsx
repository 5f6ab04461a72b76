/* A password that was just set, but is not on the disk: until when it counts. */
import { passwordStore } from '../session.ts';

const REASONS = {
  memory: 'This appliance has no disk to keep it on',
  failed: 'The disk has not taken it',
};

export function PasswordNote() {
  const store = passwordStore.value;
  if (store === 'disk') return null;
  return (
    <section class="notice" role="status" aria-label="About the password">
      <p>
        <strong>The password lasts until the next restart.</strong> {REASONS[store]}; what was there before
        counts again then.
      </p>
      <div class="notice-actions">
        <button type="button" onClick={() => (passwordStore.value = 'disk')}>
          Understood
        </button>
      </div>
    </section>
  );
}
