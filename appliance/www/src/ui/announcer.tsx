/* Says changes to screen readers, politely, one after the other. */
import { signal } from '@preact/signals';

const said = signal('');

export function announce(text: string): void {
  said.value = said.value === text ? `${text}\u00a0` : text;
}

export const Announcer = () => (
  <div class="unseen" role="status" aria-live="polite">
    {said.value}
  </div>
);
