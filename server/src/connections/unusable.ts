import { Problem } from '../problem.ts';

/** 422: what was entered or named cannot serve as this connection. */
export function unusable(path: string, code: string, message: string, next: string): Problem {
  return new Problem({
    status: 422,
    code,
    title: 'This cannot be connected',
    detail: `${message} ${next}`,
    errors: [{ path, message: `${message} ${next}` }],
  });
}
