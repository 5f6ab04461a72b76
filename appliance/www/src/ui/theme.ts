/* Light, dark, or what the system says; kept in this browser. */
import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'bulkhead.theme';
const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

export const theme = signal<Theme>(stored());
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(systemIsDark.matches);
systemIsDark.addEventListener('change', () => (systemDark.value = systemIsDark.matches));

export const isDark = (): boolean => theme.value === 'dark' || (theme.value === 'system' && systemDark.value);

effect(() => {
  document.documentElement.dataset['theme'] = isDark() ? 'dark' : 'light';
});

export function themeSwitch(): void {
  theme.value = NEXT[theme.value];
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    /* A browser that keeps nothing: the choice holds until the page is left. */
  }
}
