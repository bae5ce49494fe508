/** One thing wrong with an input. `path` is dotted: `trigger.cron`; empty for the whole. */
export interface ProblemDetail {
  readonly path: string;
  readonly message: string;
}

/** What a problem says, before it becomes RFC 9457. */
export interface ProblemFacts {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Stable, snake_case: what programs look at. */
  readonly code: string;
  /** The kind of problem, the same each time. */
  readonly title: string;
  /** What happened this time and what to do about it, for people. Never a secret. */
  readonly detail: string;
  readonly errors?: readonly ProblemDetail[];
  /** Seconds until it is worth trying again: the header Retry-After. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** A refusal that the other side may see as it is; everything else thrown becomes one dull 500. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly errors: readonly ProblemDetail[] | undefined;
  readonly retryAfter: number | undefined;

  constructor({ status, code, title, detail, errors, retryAfter, cause }: ProblemFacts) {
    super(detail, { cause });
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.title = title;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }

  get detail(): string {
    return this.message;
  }

  /** The problem document of RFC 9457. */
  toDocument(): {
    type: string;
    title: string;
    status: number;
    detail: string;
    code: string;
    errors?: readonly ProblemDetail[];
  } {
    const { title, status, detail, code, errors } = this;
    return { type: `urn:purser:problem:${code}`, title, status, detail, code, ...(errors ? { errors } : {}) };
  }
}

/** There is none, or none that the asker may know of: `notFound('agent', 'agt_…')`. */
export function notFound(what: string, id: string): Problem {
  const code = `${what.replaceAll(' ', '_')}_not_found`;
  return new Problem({ status: 404, code, title: `No such ${what}`, detail: `There is no ${what} ${id}.` });
}

/** The input cannot be used; `errors` say where. */
export function invalidInput(errors: readonly ProblemDetail[]): Problem {
  const detail = errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  return new Problem({ status: 422, code: 'invalid_input', title: 'The input is not valid', detail, errors });
}

/** A list was asked to go on after something that is not in it. */
export function badCursor(): Problem {
  return invalidInput([{ path: 'query.cursor', message: 'Use next_cursor of the page before, unchanged.' }]);
}

/** What is asked does not fit how things stand now. */
export function conflict(code: string, detail: string): Problem {
  return new Problem({ status: 409, code, title: 'Not possible as things stand', detail });
}

/** Nobody is signed in. */
export function unauthenticated(): Problem {
  return new Problem({
    status: 401,
    code: 'unauthenticated',
    title: 'Sign in first',
    detail: 'Send an API token as "Authorization: Bearer TOKEN", or sign in at the console.',
  });
}

/** Signed in, but not allowed. */
export function forbidden(detail: string): Problem {
  return new Problem({ status: 403, code: 'forbidden', title: 'Not allowed', detail });
}
