/* The console of a user who is signed in: frame, page, live data, candidate. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { CandidateBar } from './candidate/bar.tsx';
import { ConfirmBanner } from './candidate/confirm_banner.tsx';
import { draftFollow, draftLoad } from './config/draft.ts';
import { Header } from './frame/header.tsx';
import { Navigation } from './frame/navigation.tsx';
import { PasswordNote } from './frame/password_note.tsx';
import { configStatus, feedStart, feedStop } from './live/feed.ts';
import { liveness } from './live/stream.ts';
import { Alerts } from './pages/alerts.tsx';
import { Configuration } from './pages/configuration.tsx';
import { Firewall } from './pages/firewall.tsx';
import { Logs } from './pages/logs.tsx';
import { Network } from './pages/network.tsx';
import { Overview } from './pages/overview.tsx';
import { System } from './pages/system.tsx';
import { page, PAGES, type PageId } from './router.ts';
import { session } from './session.ts';
import { Boundary } from './ui/boundary.tsx';

const VIEWS: Record<PageId, () => JSX.Element> = {
  overview: Overview,
  system: System,
  network: Network,
  firewall: Firewall,
  alerts: Alerts,
  logs: Logs,
  configuration: Configuration,
};

/* The page's title follows the page, and the focus goes to its head, so that readers notice. */
function useArrival(): void {
  const first = useRef(true);
  useEffect(() => {
    const title = PAGES.find(({ id }) => id === page.value)?.title ?? '';
    document.title = `${title} · ${session.value?.hostname ?? 'Bulkhead'}`;
    if (!first.current) {
      scrollTo(0, 0);
      document.getElementById('page-title')?.focus();
    }
    first.current = false;
  }, [page.value]);
}

export function Console() {
  useArrival();
  useEffect(() => {
    feedStart();
    void draftLoad();
    return feedStop;
  }, []);
  useEffect(() => void draftFollow(), [configStatus.value?.serial]);
  const View = VIEWS[page.value];
  const stale = liveness.value === 'late' || liveness.value === 'reconnecting';
  return (
    <div class={stale ? 'frame stale' : 'frame'}>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        Skip to the page
      </a>
      <Header />
      <Navigation />
      <main id="main" tabIndex={-1}>
        <ConfirmBanner />
        <PasswordNote />
        <Boundary key={page.value}>
          <View />
        </Boundary>
      </main>
      <CandidateBar />
    </div>
  );
}
