/* The typed client of the REST interface: one function a request, each throws a Problem. */
import { Problem, problemOf, unreachable } from './problem.ts';
import type {
  Alert,
  AlertTest,
  ConfigStatus,
  Connection,
  Crash,
  CrashRecord,
  FirewallCounters,
  HistoryEntry,
  Lease,
  LogRecord,
  Overview,
  PasswordSet,
  Service,
  Session,
  SignedIn,
} from './types.ts';
import type { Difference } from '../config/difference.ts';
import type { Json } from '../config/json.ts';
import type { Schema } from '../config/schema.ts';

const BASE = '/api/v1';
const TIMEOUT_MS = 15_000;
/* Of a test mail: the appliance itself ends it before. */
const MAIL_TIMEOUT_MS = 90_000;
const ASKED_AGAIN = 3;
const ASK_AGAIN_MS = 400;

let csrf: string | null = null;
let whenSignedOut: () => void = () => {};

/* The token of the session, for every request that changes something. */
export function useToken(token: string | null): void {
  csrf = token;
}

export function onSignedOut(call: () => void): void {
  whenSignedOut = call;
}

async function send(method: string, path: string, body?: unknown, timeoutMs = TIMEOUT_MS): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET' && csrf !== null) headers['X-CSRF-Token'] = csrf;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  const response = await fetch(BASE + path, {
    method,
    headers,
    credentials: 'same-origin',
    cache: 'no-store',
    signal: abort.signal,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
    .catch(() => {
      throw unreachable();
    })
    .finally(() => clearTimeout(timer));
  if (response.ok) return response;
  if (response.status === 401 && path !== '/session') whenSignedOut();
  throw await problemOf(response);
}

/* No content is null. */
async function ask<T>(method: string, path: string, body?: unknown, timeoutMs?: number): Promise<T> {
  const response = await send(method, path, body, timeoutMs);
  if (response.status === 204) return null as T;
  return (await response.json().catch(() => {
    throw unreachable();
  })) as T;
}

/* A service that restarts is back before an owner would notice: 503 is worth another question. */
async function get<T>(path: string): Promise<T> {
  for (let left = ASKED_AGAIN; ; left--) {
    try {
      return await ask<T>('GET', path);
    } catch (error) {
      if (left === 0 || !(error instanceof Problem) || error.status !== 503) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

export const session = {
  read: () => get<Session>('/session'),
  setUp: (password: string) => ask<PasswordSet>('POST', '/setup', { password }),
  begin: (user: string, password: string) => ask<SignedIn>('POST', '/session', { user, password }),
  changePassword: (old: string, password: string) =>
    ask<PasswordSet>('POST', '/password', { old, new: password }),
  end: () => send('DELETE', '/session'),
};

export type ServiceAction = 'restart' | 'stop' | 'start' | 'crash';

export const system = {
  overview: () => get<Overview>('/overview'),
  services: () => get<Service[]>('/services'),
  act: (name: string, action: ServiceAction) =>
    send('POST', `/services/${encodeURIComponent(name)}/${action}`, {}),
  crashes: () => get<Crash[]>('/crashes'),
  crash: (n: number) => get<CrashRecord>(`/crashes/${n}`),
};

export const network = {
  leases: () => get<Lease[]>('/leases'),
  connections: (limit: number) => get<Connection[]>(`/connections?limit=${limit}`),
  firewall: () => get<FirewallCounters>('/firewall'),
};

export const records = {
  alerts: () => get<Alert[]>('/alerts'),
  testAlerts: () => ask<AlertTest>('POST', '/alerts/test', {}, MAIL_TIMEOUT_MS),
  logs: (limit: number) => get<LogRecord[]>(`/logs?limit=${limit}`),
  logsAfter: (sequence: number) => get<LogRecord[]>(`/logs?after=${sequence}`),
};

export interface Committed {
  serial: number;
  confirm_until_uptime?: number;
}

export const configuration = {
  running: () => get<Json>('/config'),
  schema: () => get<Schema>('/config/schema'),
  candidate: () => get<Json | null>('/config/candidate'),
  putCandidate: (document: Json) => ask<unknown>('PUT', '/config/candidate', document),
  candidateDifferences: () => get<Difference[] | null>('/config/candidate/differences'),
  dropCandidate: () => send('DELETE', '/config/candidate'),
  commit: (comment: string, confirmS: number | null) =>
    ask<Committed>(
      'POST',
      '/config/commit',
      confirmS === null ? { comment } : { comment, confirm_s: confirmS },
    ),
  confirm: () => send('POST', '/config/confirm', {}),
  rollback: (serial: number) => send('POST', '/config/rollback', { serial }),
  history: () => get<HistoryEntry[]>('/config/history'),
  historyDocument: (serial: number) => get<Json>(`/config/history/${serial}`),
  status: () => get<ConfigStatus>('/config/status'),
};
