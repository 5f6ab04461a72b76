/* An answer that refuses, as RFC 9457 writes it, or the lack of an answer (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly detail: string,
    /* The place in a refused configuration, a JSON pointer (RFC 6901). */
    readonly path: string | null,
    readonly retryAfterS: number | null,
  ) {
    super(detail || title);
  }
}

interface ProblemDocument {
  title?: unknown;
  detail?: unknown;
  path?: unknown;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as ProblemDocument;
  const title = text(body.title) || `The appliance answered ${response.status}.`;
  const path = typeof body.path === 'string' ? body.path : null;
  const retry = Number(response.headers.get('Retry-After') ?? NaN);
  return new Problem(response.status, title, text(body.detail), path, Number.isFinite(retry) ? retry : null);
}

export const unreachable = (): Problem => new Problem(0, 'The appliance does not answer.', '', null, null);

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
