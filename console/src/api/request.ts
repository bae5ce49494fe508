import type { Problem } from '@purser/server/api';
import { askForProof } from '../step-up.ts';

/** The server said no, or could not be reached (`status` 0). The message is written for people. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly title: string;
  readonly code: string | undefined;
  readonly errors: readonly { path: string; message: string }[];

  constructor(problem: Partial<Problem> & { status: number }, cause?: unknown) {
    const title = problem.title || titleOf(problem.status);
    super(problem.detail || title, { cause });
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.title = title;
    this.code = problem.code;
    this.errors = problem.errors ?? [];
  }

  /** What is wrong with one field of what was sent, `path` as the server names it. */
  field(path: string): string | undefined {
    return this.errors.find((error) => error.path === path || error.path.endsWith(`.${path}`))?.message;
  }
}

function titleOf(status: number): string {
  if (status === 0) return 'Purser cannot be reached';
  if (status === 403) return 'Your role does not allow this';
  if (status === 404) return 'This does not exist, or not any more';
  return 'Something went wrong in Purser';
}

const unreachable = 'Purser cannot be reached. Check that it is running and that you are online.';

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiProblem({ status: 0, detail: unreachable }, cause);
  }
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const isProblem = response.headers.get('content-type')?.includes('json');
  const body: unknown = isProblem ? await response.json().catch(() => null) : null;
  const known = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {};
  return new ApiProblem({ ...known, status: response.status });
}

/**
 * One call. Answers are not validated: they come from the server this console was built with, over the same origin.
 * @throws ApiProblem
 */
async function request<Answer>(
  method: string,
  path: string,
  options: { body?: unknown; signal?: AbortSignal | undefined; proven?: boolean } = {},
): Promise<Answer> {
  const { body, signal } = options;
  const response = await send(`/api${path}`, {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
    // The page's own policy is to send none, and with it Chromium leaves the Origin out that the server checks.
    referrerPolicy: 'same-origin',
  });
  if (!response.ok) {
    const problem = await problemOf(response);
    // Asked again only once: whoever proved it and is asked anew has another problem.
    if (problem.code !== 'step_up_required' || options.proven || !(await askForProof())) throw problem;
    return request(method, path, { ...options, proven: true });
  }
  const text = response.status === 204 ? '' : await response.text();
  return (text ? JSON.parse(text) : null) as Answer;
}

/** Sends a file as a form. @throws ApiProblem */
export async function upload<Answer>(path: string, file: File, name: string): Promise<Answer> {
  const body = new FormData();
  body.append('file', file, name);
  const response = await send(`/api${path}`, {
    ...{ method: 'POST', headers: { accept: 'application/json' }, body, referrerPolicy: 'same-origin' },
  });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as Answer;
}

export const get = <Answer>(path: string, signal?: AbortSignal) => request<Answer>('GET', path, { signal });
export const post = <Answer>(path: string, body: unknown = {}) => request<Answer>('POST', path, { body });
export const patch = <Answer>(path: string, body: unknown) => request<Answer>('PATCH', path, { body });
export const put = <Answer>(path: string, body: unknown) => request<Answer>('PUT', path, { body });
export const remove = (path: string) => request<null>('DELETE', path);

/** `?a=1&b=2` of what is set. */
export function queryString(values: Record<string, string | number | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `?${text}` : '';
}

/** A turn that was begun. */
export interface Started {
  runId: string;
}
