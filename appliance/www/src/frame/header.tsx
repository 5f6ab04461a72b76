/* Whose console this is, how true what it shows is, and the switches that belong to no page. */
import { overview, uptime } from '../live/feed.ts';
import { liveness, type Liveness } from '../live/stream.ts';
import { duration } from '../format/moment.ts';
import { session } from '../session.ts';
import { theme, themeSwitch, type Theme } from '../ui/theme.ts';
import { AccountMenu } from './account_menu.tsx';

const SAID: Record<Liveness, string> = {
  connecting: 'Connecting…',
  live: 'Live',
  late: 'No news for some seconds',
  reconnecting: 'Reconnecting… what you see is not current',
};

const THEMES: Record<Theme, string> = { system: 'Auto', light: 'Light', dark: 'Dark' };

const Connection = () => (
  <span class={`liveness ${liveness.value}`} role="status">
    <span class="liveness-sign" aria-hidden="true" />
    {SAID[liveness.value]}
  </span>
);

export const Header = () => (
  <header class="top">
    <span class="brand">
      <svg class="brand-sign" viewBox="0 0 22 18" aria-hidden="true">
        <path d="M1.5 1.5h19v15h-19zM7.8 1.5v15M14.2 1.5v15" />
        <circle cx="11" cy="9" r="1.4" />
      </svg>
      <span class="brand-name">{overview.value?.hostname ?? session.value?.hostname ?? 'Bulkhead'}</span>
    </span>
    <Connection />
    <span class="top-uptime">{uptime.value > 0 ? `up ${duration(uptime.value)}` : ''}</span>
    <span class="top-tools">
      <button type="button" class="quiet" onClick={themeSwitch} title="Light, dark, or as the system says">
        <svg class="theme-sign" viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="6" />
          <path d="M8 2a6 6 0 0 1 0 12z" />
        </svg>
        <span class="unseen">Colours: </span>
        {THEMES[theme.value]}
      </button>
      <AccountMenu />
    </span>
  </header>
);
