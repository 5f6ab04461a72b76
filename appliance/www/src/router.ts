/* The page is the part after `#/`: webd then serves one file, and a reload stays where it was. */
import { signal } from '@preact/signals';

export const PAGES = [
  { id: 'overview', title: 'Overview' },
  { id: 'system', title: 'System' },
  { id: 'network', title: 'Network' },
  { id: 'firewall', title: 'Firewall' },
  { id: 'alerts', title: 'Alerts' },
  { id: 'logs', title: 'Logs' },
  { id: 'configuration', title: 'Configuration' },
] as const;

export type PageId = (typeof PAGES)[number]['id'];

const current = (): PageId => {
  const id = location.hash.replace(/^#\/?/, '').split('?')[0];
  return PAGES.find((page) => page.id === id)?.id ?? 'overview';
};

export const page = signal<PageId>('overview');

export function routerStart(): void {
  page.value = current();
  addEventListener('hashchange', () => {
    if (!location.hash.startsWith('#/')) return;
    page.value = current();
  });
}

export const hrefOf = (id: PageId): string => `#/${id}`;
