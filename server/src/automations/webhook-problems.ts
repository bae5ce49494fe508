/** What is wrong with a delivery, or with setting up its endpoint, and what to do. */
import { ConnectionProblem } from '../connections/connection.ts';
import { Problem } from '../problem.ts';
import { ToolError } from '../tools/tool.ts';

export const otherMode = (mode: 'test' | 'live') =>
  new ConnectionProblem(
    'event_other_mode',
    `The event is not of ${mode} mode, as this connection is.`,
    'Make the endpoint in the same mode as the key of this connection.',
  );

export const otherAccount = (account: string) =>
  new ConnectionProblem(
    'event_other_account',
    `The event is of the account ${account.slice(0, 60)}, not of this connection's.`,
    'Make the endpoint for "Your account", or connect the other account, too.',
  );

/** @throws Problem 422 for what a person can mend, 502 for what Stripe refused */
export function asProblem(error: unknown): never {
  if (error instanceof ConnectionProblem)
    throw new Problem({
      status: 422,
      code: error.code,
      title: 'Not possible',
      detail: `${error.message} ${error.next}`,
    });
  if (!(error instanceof ToolError)) throw error;
  const detail = error.next ? `${error.message} ${error.next}` : error.message;
  throw new Problem({ status: 502, code: error.code, title: 'Stripe refused', detail, cause: error });
}
