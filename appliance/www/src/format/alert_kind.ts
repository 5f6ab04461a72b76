/* What happened, in an owner's words (services/proto/event.h). A kind that is not known here is shown as it is. */
const WORDS: Record<string, string> = {
  'service-crashed': 'Service failed, restarted',
  'service-failed': 'Service given up',
  'service-recovered': 'Service well again',
  'system-started': 'Appliance started',
  'kernel-restarted': 'Appliance restarted by itself',
  'wan-down': 'Internet connection lost',
  'wan-up': 'Internet connection back',
  'disk-trouble': 'Disk trouble',
  'disk-recovered': 'Disk well again',
  'clock-stepped': 'Clock set',
  'clock-lost': 'No time server answers',
  'clock-found': 'Time server answers again',
  'login-failed': 'Wrong passwords',
  'config-changed': 'Configuration changed',
  'config-reverted': 'Configuration went back by itself',
};

export const alertKind = (kind: string): string => WORDS[kind] ?? kind;
