/* A titled part of a page, and a page's head. */
import type { ComponentChildren } from 'preact';

interface SectionProps {
  title: string;
  note?: ComponentChildren;
  tools?: ComponentChildren;
  live?: boolean;
  plain?: boolean;
  children: ComponentChildren;
}

const idOf = (title: string): string => `section-${title.toLowerCase().replace(/[^a-z]+/g, '-')}`;

/* `live`: greyed while the console has lost touch; `plain`: without a frame. */
export const Section = ({ title, note, tools, live, plain, children }: SectionProps) => (
  <section class={live ? 'section live' : 'section'} aria-labelledby={idOf(title)}>
    <header class="section-head">
      <h2 id={idOf(title)}>{title}</h2>
      {note && <p class="section-note">{note}</p>}
      {tools && <div class="section-tools">{tools}</div>}
    </header>
    {plain ? children : <div class="panel">{children}</div>}
  </section>
);

export const PageHead = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <header class="page-head">
    <h1 id="page-title" tabIndex={-1}>
      {title}
    </h1>
    {children}
  </header>
);
