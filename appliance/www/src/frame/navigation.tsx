/* The pages; on a narrow screen folded behind a button. */
import { useEffect, useState } from 'preact/hooks';
import { changes, refusal } from '../config/draft.ts';
import { pageOf } from '../config/sections.ts';
import { overview } from '../live/feed.ts';
import { hrefOf, page, PAGES, type PageId } from '../router.ts';

/* What a page has to say before it is opened. */
function noteOf(id: PageId): string | null {
  const failed = overview.value?.services.failed ?? 0;
  if (id === 'system' && failed > 0) return `${failed} failed`;
  if (refusal.value?.path && pageOf(refusal.value.path) === id) return 'refused';
  const edited = changes.value.filter(({ path }) => pageOf(path) === id).length;
  return edited > 0 ? `${edited} changed` : null;
}

export function Navigation() {
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [page.value]);
  const title = PAGES.find(({ id }) => id === page.value)?.title;
  return (
    <nav class="pages" aria-label="Pages" onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}>
      <button
        type="button"
        class="pages-toggle"
        aria-expanded={open}
        aria-controls="pages-list"
        onClick={() => setOpen(!open)}
      >
        <span class="pages-bars" aria-hidden="true" />
        <span class="unseen">Pages, now: </span>
        {title}
      </button>
      <ul id="pages-list" class={open ? 'open' : undefined}>
        {PAGES.map(({ id, title: name }) => {
          const note = noteOf(id);
          return (
            <li key={id}>
              <a href={hrefOf(id)} aria-current={page.value === id ? 'page' : undefined}>
                {name}
                {note && <span class="pages-note">{note}</span>}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
