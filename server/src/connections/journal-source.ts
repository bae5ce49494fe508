/** What books can be given: the sums of a journal that was exported, from whoever keeps it. */
import type { CallContext } from '../tools/tool.ts';

export interface JournalSum {
  readonly currency: string;
  /** The same however often it is asked for; at most 21 characters. */
  readonly number: string;
  readonly lines: readonly {
    readonly code: string;
    readonly name: string;
    /** In minor units; debits positive. */
    readonly amount: bigint;
  }[];
}

export interface JournalSums {
  /** Whose: `Purser Demo (acct_…, test)`. */
  readonly of: string;
  /** Tells accounts and modes apart: `acct_…:test`. */
  readonly ledger: string;
  /** Days of the account's time zone, both in it. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** The time is over: nothing is added to it any more. */
  readonly isOver: boolean;
  /** Why something may be missing; empty: it is complete. */
  readonly incomplete: readonly string[];
  /** One for each currency in which something happened; its lines add up to nothing. */
  readonly sums: readonly JournalSum[];
}

/** @param id of an export (`jrn_…`). @throws ToolError `not_found`, or what Stripe refuses */
export type JournalSource = (id: string, context: CallContext) => Promise<JournalSums>;
