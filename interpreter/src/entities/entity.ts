import type { PostalAddress } from './addresses.ts';

/** An amount as said: exact digits in major units, and the currency where one was named. */
export interface Amount {
  readonly decimal: string;
  readonly currency?: string;
}

export type Interval = 'day' | 'week' | 'month' | 'year';

/** A stretch of time. `from` is included, `to` is not; both `YYYY-MM-DD`, or full ISO times for hours. */
export interface Period {
  readonly from?: string;
  readonly to?: string;
  /** As the person said it, for the answer. */
  readonly words: string;
}

export type EntityValue =
  | { readonly type: 'quoted'; readonly text: string }
  | { readonly type: 'email'; readonly email: string }
  | { readonly type: 'id'; readonly id: string; readonly object: string }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'card'; readonly card: string }
  | { readonly type: 'hidden_card' }
  | { readonly type: 'secret' }
  | { readonly type: 'channel'; readonly channel: string }
  | { readonly type: 'repository'; readonly repository: string }
  /** The last digits by which a card is told from others. */
  | { readonly type: 'card_ending'; readonly digits: string }
  | { readonly type: 'tax_id'; readonly number: string }
  | { readonly type: 'phone'; readonly phone: string }
  | { readonly type: 'amount'; readonly amount: Amount }
  | { readonly type: 'percent'; readonly percent: string }
  | { readonly type: 'interval'; readonly interval: Interval; readonly count: number }
  | { readonly type: 'one_time' }
  | { readonly type: 'pair'; readonly key: string; readonly value: string }
  | { readonly type: 'address'; readonly address: PostalAddress }
  | { readonly type: 'period'; readonly period: Period }
  | { readonly type: 'days'; readonly days: number; readonly purpose: 'trial' | 'due' }
  | { readonly type: 'number'; readonly digits: string; readonly times: boolean }
  | {
      readonly type: 'name';
      readonly text: string;
      /** Said to be a name: "named …", "called …". */
      readonly announced: boolean;
      readonly possessive: boolean;
    };

/** Something in the text that stands for a value, and where it stands. */
export type Entity = EntityValue & { readonly start: number; readonly end: number };

/** The text that nobody has read yet: claimed stretches are blanked out, positions stay. */
export class Unread {
  text: string;
  readonly found: Entity[] = [];
  /** What tools call places: nobody's name, whatever its capital. */
  readonly places: ReadonlySet<string>;

  constructor(text: string, places: ReadonlySet<string> = new Set()) {
    this.text = text;
    this.places = places;
  }

  /** Reads every match of a pattern that `read` makes sense of, and takes it out of the text. */
  claim(pattern: RegExp, read: (match: RegExpExecArray) => EntityValue | undefined): void {
    for (const match of [...this.text.matchAll(pattern)]) {
      const value = read(match as RegExpExecArray);
      if (value) this.take(value, match.index, match.index + match[0].trimEnd().length);
    }
  }

  take(value: EntityValue, start: number, end: number): void {
    this.found.push({ ...value, start, end });
    this.text = this.text.slice(0, start) + '\ufffc'.repeat(end - start) + this.text.slice(end);
  }
}
