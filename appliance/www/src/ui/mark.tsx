/* A state in a word, with a coloured sign whose shape alone tells good from bad. */
export type Tone = 'good' | 'warn' | 'bad' | 'idle';

export const Mark = ({ tone, children }: { tone: Tone; children: string }) => (
  <span class={`mark ${tone}`}>
    <span class="mark-sign" aria-hidden="true" />
    {children}
  </span>
);

export const Tag = ({ children }: { children: string }) => <span class="tag">{children}</span>;
