/* The frame of the pages before the console. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { session } from '../session.ts';

export function Gate({ title, children }: { title: string; children: ComponentChildren }) {
  useEffect(() => {
    document.title = `${title} · ${session.value?.hostname ?? 'Bulkhead'}`;
  }, [title]);
  return (
    <main class="gate">
      <div class="gate-card">
        <svg class="gate-sign" viewBox="0 0 22 18" aria-hidden="true">
          <path d="M1.5 1.5h19v15h-19zM7.8 1.5v15M14.2 1.5v15" />
          <circle cx="11" cy="9" r="1.4" />
        </svg>
        <h1>{title}</h1>
        {children}
      </div>
      <p class="gate-foot">Bulkhead {session.value?.version ?? ''}</p>
    </main>
  );
}
