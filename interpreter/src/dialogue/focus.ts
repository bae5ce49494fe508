import { isJsonObject, type JsonObject, rowsAt, textAt } from '../json.ts';
import type { CallResult, ToolFailure } from '../transcript.ts';

/** A list that was shown, for "the second one". */
export interface ShownList {
  readonly of: string;
  readonly rows: readonly JsonObject[];
}

/** A charge that did not go through, for "try her other card". */
export interface FailedCharge {
  readonly tool: string;
  readonly input: JsonObject;
  readonly error: ToolFailure;
}

const payments = ['charge', 'payment_intent'];

/**
 * What a conversation is about at a moment: the object of each kind that was seen last, newest kind first. It is made
 * from the structured fields of tool results only; free text in them never counts.
 */
export class Focus {
  private readonly seen = new Map<string, JsonObject>();
  list: ShownList | undefined;
  failedCharge: FailedCharge | undefined;
  /** The event that began the turn: an agent was told of it, and looked nothing up. */
  told: JsonObject | undefined;
  /** What was looked at last, as its tool brought it. */
  shown: JsonObject | undefined;
  /** A customer who was named and not looked up since: a name or an address. */
  private named: string | undefined;

  /** Takes in that somebody was named. They are who "her" means from now on. */
  mention(customer: string): void {
    const known = this.seen.get('customer');
    const same = [known?.id, known?.name, known?.email].some(
      (one) => typeof one === 'string' && one.toLowerCase() === customer.toLowerCase(),
    );
    if (!same) this.named = customer;
  }

  /** The customer spoken of: their id, else as they were named. */
  customer(): string | undefined {
    return this.named ?? this.id('customer');
  }

  /** Takes in the event that began the turn: what it happened to is what is spoken of. */
  tell(event: JsonObject): void {
    this.told = event;
    const about = event.about;
    if (isJsonObject(about)) this.noteObject(about);
  }

  /** Takes in what a call brought. */
  note(tool: string, input: JsonObject, result: CallResult): void {
    if (result.status === 'error') {
      if (/charge|confirm|pay/.test(tool) && /declin|card|authentication/.test(result.error.code)) {
        this.failedCharge = { tool, input, error: result.error };
        const intent = textAt(result.error.details, 'payment_intent');
        if (intent) this.put('payment_intent', { id: intent, status: 'requires_payment_method' });
      }
      return;
    }
    if (result.status === 'denied') return;
    const { value } = result;
    this.pick(input);
    if (
      value.object === 'list' ||
      value.object === 'balance' ||
      value.object === 'report' ||
      textAt(value, 'id')
    )
      this.shown = value;
    if (value.object === 'list') this.noteList(value);
    else if (value.deleted === true) this.forget(textAt(value, 'object') ?? '');
    else this.noteObject(value);
  }

  /** What was done to one of the rows that were shown makes it the one that is spoken of. */
  private pick(input: JsonObject): void {
    const { list } = this;
    const given = Object.values(input);
    const row = list?.rows.find(
      (each) => textAt(each, 'id') !== undefined && given.includes(each.id ?? null),
    );
    if (list && row) this.put(list.of, row);
  }

  /** Rows that were picked and shown: they are what "the second one" means, and one alone is "it". */
  show(of: string, rows: readonly JsonObject[]): void {
    this.noteList({ object: 'list', of, data: [...rows] });
  }

  private noteList(value: JsonObject): void {
    const of = textAt(value, 'of') ?? '';
    const rows = rowsAt(value, 'data');
    this.list = { of, rows };
    const [only] = rows;
    if (only && rows.length === 1) this.noteObject({ object: of, ...only });
    const owner = textAt(only, 'customer');
    const shared = owner !== undefined && rows.every((row) => row.customer === owner);
    if (only && shared && rows.length > 1)
      this.put('customer', {
        id: owner,
        name: only.customer_name ?? null,
        email: only.customer_email ?? null,
      });
  }

  private noteObject(value: JsonObject): void {
    const object = textAt(value, 'object');
    if (!object || !textAt(value, 'id')) return;
    const customer = textAt(value, 'customer');
    if (customer && object !== 'customer') {
      const known = this.seen.get('customer');
      const facts = { id: customer, name: value.customer_name ?? null, email: value.customer_email ?? null };
      this.put('customer', known?.id === customer ? known : facts);
    }
    const product = textAt(value, 'product');
    if (product && object === 'price') this.put('product', { id: product, name: value.product_name ?? null });
    this.put(object, value);
  }

  private put(object: string, value: JsonObject): void {
    this.seen.delete(object);
    this.seen.set(object, value);
    if (object === 'customer') this.named = undefined;
  }

  private forget(object: string): void {
    this.seen.delete(object);
  }

  /** The object of a kind seen last. */
  get(object: string): JsonObject | undefined {
    return this.seen.get(object);
  }

  id(object: string): string | undefined {
    return textAt(this.seen.get(object), 'id');
  }

  /** Of several kinds, the one seen last. */
  newest(objects: readonly string[]): { object: string; value: JsonObject } | undefined {
    const found = [...this.seen].reverse().find(([object]) => objects.includes(object));
    return found && { object: found[0], value: found[1] };
  }

  /** What was seen last of all, whatever its kind. */
  newestOfAll(): { object: string; value: JsonObject } | undefined {
    const found = [...this.seen].at(-1);
    return found && { object: found[0], value: found[1] };
  }

  /** The payment seen last, as a charge or a payment intent. */
  payment(): { object: string; value: JsonObject } | undefined {
    return this.newest(payments);
  }

  /** The n-th row of the list shown last, from 0; `last` is the last row. */
  row(position: number, of?: string): JsonObject | undefined {
    if (!this.list || (of !== undefined && this.list.of !== of)) return undefined;
    return this.list.rows[position];
  }

  copy(): Focus {
    const copy = new Focus();
    for (const [object, value] of this.seen) copy.seen.set(object, value);
    copy.list = this.list;
    copy.failedCharge = this.failedCharge;
    copy.shown = this.shown;
    copy.named = this.named;
    return copy;
  }
}
