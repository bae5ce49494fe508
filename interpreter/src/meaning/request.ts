import type { PostalAddress } from '../entities/addresses.ts';
import type { Amount, Interval, Period } from '../entities/entity.ts';
import type { JsonObject } from '../json.ts';
import type { When } from './clauses.ts';
import type { Repeated } from './happenings.ts';
import type { Line } from './lines.ts';
import type { Query } from './query.ts';
import type { Token } from './tokens.ts';

/** Whom or what a person means, as far as their words tell. */
export interface Ref {
  readonly by: 'id' | 'email' | 'name';
  readonly text: string;
}

/** A part of something: a half, 25 %. */
export interface Share {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly words: string;
}

/** The facts of a request, each only where it was said. */
export interface Slots {
  customers?: Ref[];
  product?: Ref;
  /** Further products, joined to the first by "and". */
  otherProducts?: Ref[];
  /** The product that is left for another: "from Team Seats to Basic". */
  formerProduct?: Ref;
  /** A quantity that is said as a difference: two seats more, one less. */
  quantityBy?: number;
  /** Ids by kind of object; the same kind may be named several times. */
  ids?: { object: string; id: string }[];
  /** The sum that counts; `otherAmount` is the one it replaces or is measured against. */
  amount?: Amount;
  otherAmount?: Amount;
  atLeast?: Amount;
  atMost?: Amount;
  /** The sum by which a payment or invoice is told from others: "the $42 payment". */
  ofAmount?: Amount;
  share?: Share;
  full?: boolean;
  percent?: string;
  /** Several lines of one invoice, each with its sum. */
  lines?: readonly Line[];
  interval?: Interval;
  intervalCount?: number;
  oneTime?: boolean;
  period?: Period;
  trialDays?: number;
  dueDays?: number;
  /** A whole number that is nothing else: seats, rows, a bare answer. */
  number?: string;
  quantity?: number;
  limit?: number;
  /** The coupon by its id or name, where something begins with it. */
  coupon?: string;
  newName?: string;
  newEmail?: string;
  phone?: string;
  address?: PostalAddress;
  /** Facts of a record by key. */
  metadata?: Readonly<Record<string, string>>;
  description?: string;
  card?: string;
  hiddenCard?: boolean;
  /** The last digits of the card that is meant. */
  cardEnding?: string;
  /** For cancelling: at once, or at the end of what is paid. */
  timing?: 'now' | 'period_end';
  status?: string;
  /** What the payment meant is for: "her workshop payment". */
  about?: string;
  reason?: string;
  /** The newest, oldest or n-th (from 0) of several. */
  ordinal?: number | 'last' | 'oldest';
  /** Words that stand for something said before. */
  pronoun?: 'thing' | 'person' | 'both';
  /** Further marks: `overdue`, `open`, `all`, `backup`, `question`, `evidence`, `active`, `inactive`, `saved`. */
  marks?: ReadonlySet<string>;
}

export type Intent =
  | 'list'
  | 'count'
  | 'get'
  | 'create'
  | 'update'
  | 'reprice'
  | 'delete'
  | 'archive'
  | 'activate'
  | 'charge'
  | 'confirm'
  | 'capture'
  | 'cancel'
  | 'refund'
  | 'switch'
  | 'keep'
  | 'send'
  | 'finalize'
  | 'void'
  | 'pay'
  | 'attach'
  | 'default'
  | 'retry'
  | 'mail'
  | 'remind'
  | 'report'
  | 'tool'
  | 'secret'
  | 'about'
  | 'business'
  | 'greeting'
  | 'thanks'
  | 'noop'
  | 'story'
  | 'conditional'
  | 'cannot'
  | 'unclear';

/** One thing that is asked for, typed. */
export interface Request {
  readonly intent: Intent;
  /** The kind of Stripe object it is about; empty where none was said. */
  readonly object: string;
  readonly slots: Slots;
  readonly when: When;
  /** The clause, as said. */
  readonly text: string;
  /** What was said beside it and is held by no slot, so that a write has to wait for an answer. */
  readonly unread?: string;
  /** For `tool`: the tool whose words fit. */
  readonly tool?: string;
  /** For `tool`: it changes nothing. */
  readonly reads?: boolean;
  /** For `tool`: the clause in tokens, from which its inputs are filled. */
  readonly said?: readonly Token[];
  /** For looks: a question that is reckoned from what lists hold. */
  readonly query?: Query;
  /** For `tool`: it is carried out only once something happened so often. */
  readonly repeated?: Repeated;
  /** For `tool`: its inputs, where reading the message made them. */
  readonly input?: JsonObject;
}
