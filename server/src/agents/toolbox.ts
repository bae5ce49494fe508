import type { Account, Mode } from '../tools/account.ts';
import type { Tool } from '../tools/tool.ts';

/** A connection made ready for one turn. */
export interface OpenedConnection {
  readonly account: Account;
  readonly mode: Mode;
  readonly tools: readonly Tool[];
  /** IANA name, of the account: periods in words are meant in it. */
  readonly timeZone: string;
}

/**
 * Hands out the tools of a connection; `main.ts` supplies it, so that agents know no connection.
 * @throws Problem when the connection was deleted or its key cannot be opened.
 */
export type OpenConnection = (connectionId: string) => Promise<OpenedConnection>;
