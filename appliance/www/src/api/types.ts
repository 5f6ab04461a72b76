/* What the REST interface speaks, as appliance/webd/API.md says it. */

export interface Session {
  first_visit: boolean;
  user: string | null;
  csrf: string | null;
  hostname: string;
  version: string;
  test_image?: boolean;
}

export interface SignedIn {
  user: string;
  csrf: string;
}

/* Where the password was put: what is not on the disk lasts until the next restart. */
export interface PasswordSet extends SignedIn {
  store: 'disk' | 'memory' | 'failed';
}

export interface Port {
  name: string;
  mac: string;
  zone: 'lan' | 'wan' | 'none';
  link: boolean;
  speed_mbit: number;
  ready: boolean;
  driver: string;
  rx_bytes: number;
  tx_bytes: number;
  rx_frames: number;
  tx_frames: number;
  dropped: number;
}

export interface Restart {
  service: string;
  cause: string;
  uptime: number;
  time: number | null;
}

export interface Overview {
  hostname: string;
  version: string;
  build: string;
  uptime: number;
  time: number | null;
  clock: 'none' | 'cmos' | 'sntp';
  memory: { total: number; used: number };
  cpu_idle: number;
  ports: Port[];
  wan: { mode: string; state: string; address: string | null; gateway: string | null; dns: string[] };
  services: { total: number; running: number; failed: number };
  clients: number;
  connections: number;
  store: 'disk' | 'memory' | 'failed';
  /* Behind the console's certificate; null until there is one. */
  authority: { name: string; sha256: string } | null;
  restarts: Restart[];
}

export interface Service {
  name: string;
  slot: number;
  state: 'waiting' | 'absent' | 'starting' | 'running' | 'back-off' | 'stopped' | 'failed';
  generation: number;
  restarts: number;
  deaths_in_row: number;
  memory_bytes: number;
  cpu_us: number;
  messages: number;
  last_cause: string | null;
  last_death_uptime: number | null;
  depends: string[];
  calls: string[];
  device: string | null;
  program: 'booted' | 'update';
  policy: string[];
  heartbeat_us: number | null;
  maps?: { region: string; write: boolean }[];
}

export interface Crash {
  n: number;
  service: string;
  cause: string;
  time: number | null;
  uptime: number;
  generation: number;
  text: string;
}

export interface CrashRecord extends Crash {
  registers: unknown;
  stack: unknown;
  trace: unknown;
  build: string;
}

export interface Lease {
  address: string;
  mac: string;
  name: string | null;
  state: string;
  expires_time: number | null;
  expires_in: number | null;
  reserved: boolean;
}

export interface Connection {
  protocol: string;
  source: string;
  source_port: number;
  destination: string;
  destination_port: number;
  reply_source: string;
  reply_source_port: number;
  reply_destination: string;
  reply_destination_port: number;
  state: string;
  translated: boolean;
  from: string;
  to: string;
  age_s: number;
  idle_s: number;
}

export interface FirewallCounters {
  drops: { reason: string; text: string; count: number }[];
  rules: { number: number; count: number }[];
  quarantined: number;
}

export interface ConfigStatus {
  serial: number;
  confirm_left_s: number | null;
  persisted: boolean;
  message: string;
}

export interface HistoryEntry {
  serial: number;
  time: number | null;
  author: string;
  comment: string;
  confirmed: boolean;
}

export interface Alert {
  n: number;
  time: number | null;
  uptime: number;
  kind: string;
  severity: string;
  service: string;
  text: string;
  /* How often, while it waited for its mail or soon after one another. */
  count: number;
  sent: 'queued' | 'sent' | 'failed' | 'lost' | 'off';
}

export interface LogRecord {
  sequence: number;
  time: number | null;
  uptime: number;
  level: string;
  service: string;
  text: string;
}

export interface AlertTest {
  ok: boolean;
  /* Why not, in words; null if it worked. */
  reason: string | null;
  dialogue: string[];
}
