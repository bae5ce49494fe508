import { isJsonObject, type Json, type JsonObject, textAt } from '../json.ts';
import { fakeCustomer, fakeObjects, type Row } from './fake-objects.ts';

/** A refusal, in the shape tools give errors. */
class Refused extends Error {
  readonly error: JsonObject;
  constructor(error: JsonObject) {
    super(String(error.message));
    this.error = error;
  }
}

/** One thing that was written, for tests to look at: the tool and its input, references resolved. */
export interface Written {
  readonly tool: string;
  readonly input: JsonObject;
}

/**
 * A few customers, products and payments, and tools over them that answer in the shapes of the real ones. It knows
 * only what tests of the interpreter need.
 */
export function createFakeAccount() {
  const { customers, products, prices, charges, subscriptions, invoices, disputes, payouts } = fakeObjects();
  const intents: Row[] = [];
  const written: Written[] = [];
  const all: Row[][] = [
    customers,
    products,
    prices,
    charges,
    subscriptions,
    invoices,
    disputes,
    payouts,
    intents,
  ];
  let made = 0;

  const byId = (id: string): Row => {
    const found = all.flat().find((row) => row.id === id);
    if (!found)
      throw new Refused({ code: 'not_found', message: `No such object: '${id}'`, next: 'Check the id.' });
    return found;
  };

  const named = (what: string, rows: Row[], asked: string): Row => {
    const wanted = asked.toLowerCase();
    const exact = rows.filter((row) =>
      [row.id, row.email, row.name].some((text) => typeof text === 'string' && text.toLowerCase() === wanted),
    );
    const words = wanted.split(' ');
    const loose = rows.filter((row) =>
      words.every(
        (word) =>
          String(row.name).toLowerCase().split(/[ ']/).includes(word) ||
          String(row.name).toLowerCase().split(' ').includes(word),
      ),
    );
    const found = exact.length > 0 ? exact : loose;
    if (found.length > 1)
      throw new Refused({
        code: 'ambiguous',
        message: `${found.length} ${what}s match "${asked}".`,
        next: 'Ask the person which one is meant.',
        asked,
        candidates: found,
      });
    if (!found[0])
      throw new Refused({
        code: 'not_found',
        message: `There is no ${what} "${asked}".`,
        next: 'Check the spelling.',
        asked,
      });
    return found[0];
  };
  const whose = (input: JsonObject): Row | undefined => {
    const asked = textAt(input, 'customer');
    return asked === undefined ? undefined : named('customer', customers, asked);
  };
  const list = (of: string, rows: Row[], input: JsonObject): JsonObject => {
    const limit = typeof input.limit === 'number' ? input.limit : 10;
    return {
      object: 'list',
      of,
      data: rows.slice(0, limit),
      complete: input.count_all === true || rows.length <= limit,
      seen: rows.length,
    };
  };
  const filtered = (rows: Row[], input: JsonObject): Row[] => {
    const owner = whose(input);
    const created = isJsonObject(input.created) ? input.created : {};
    return rows
      .filter((row) => !owner || row.customer === owner.id)
      .filter((row) => input.status === undefined || row.status === input.status)
      .filter((row) => typeof created.from !== 'string' || String(row.created) >= created.from)
      .filter((row) => typeof created.to !== 'string' || String(row.created) < created.to);
  };
  const next = (prefix: string): string => {
    made += 1;
    return `${prefix}_new${made}`;
  };
  const subscriptionOf = (input: JsonObject): Row => {
    const id = textAt(input, 'subscription');
    if (id) return byId(id);
    const owner = whose(input);
    const found = subscriptions.filter((row) => row.customer === owner?.id);
    if (!found[0])
      throw new Refused({
        code: 'not_found',
        message: `${String(owner?.name)} has no current subscription.`,
        customer: String(owner?.id),
      });
    return found[0];
  };
  const chargeOf = (input: JsonObject): Row => {
    const id = textAt(input, 'charge') ?? textAt(input, 'payment_intent');
    if (id?.startsWith('pi_')) return charges.find((row) => row.payment_intent === id) ?? byId(id);
    if (id) return byId(id);
    const owner = whose(input);
    const found = charges.find((row) => row.customer === owner?.id && row.status === 'succeeded');
    if (!found) throw new Refused({ code: 'not_found', message: 'No succeeded payment.' });
    return found;
  };
  const amountOf = (input: JsonObject): string =>
    `${Number(input.amount).toFixed(input.currency === 'jpy' ? 0 : 2)} ${String(input.currency).toUpperCase()}`;
  const decline = (intent: string): never => {
    throw new Refused({
      code: 'card_declined',
      message: 'The card was declined (generic_decline): the bank gave no reason.',
      next: 'Use another card.',
      decline_code: 'generic_decline',
      payment_intent: intent,
    });
  };

  const reads: Record<string, (input: JsonObject) => JsonObject> = {
    get_account_info: () => ({ object: 'account', id: 'acct_1', name: 'Demo', mode: 'test' }),
    retrieve_balance: () => ({
      object: 'balance',
      available: ['1234.56 USD', '20.00 EUR'],
      pending: ['90.00 USD'],
      livemode: false,
    }),
    list_customers: (input) =>
      list(
        'customer',
        customers.filter((row) => input.email === undefined || row.email === input.email),
        input,
      ),
    get_customer: (input) => ({
      object: 'customer',
      ...named('customer', customers, String(input.customer)),
    }),
    list_customer_payment_methods: (input) => ({
      ...list(
        'payment_method',
        [
          {
            id: `pm_${whose(input)?.id}_1`,
            type: 'card',
            card: { brand: 'visa', last4: '0341' },
            default: true,
          },
          { id: `pm_${whose(input)?.id}_2`, type: 'card', card: { brand: 'mastercard', last4: '4444' } },
        ],
        input,
      ),
    }),
    list_products: (input) => list('product', products, input),
    get_product: (input) => {
      const product = named('product', products, String(input.product));
      return {
        object: 'product',
        ...product,
        prices: prices.filter((price) => price.product === product.id),
      };
    },
    list_prices: (input) =>
      list(
        'price',
        prices.filter(
          (price) =>
            input.product === undefined ||
            price.product === named('product', products, String(input.product)).id,
        ),
        input,
      ),
    list_charges: (input) => list('charge', filtered(charges, input), input),
    get_charge: (input) => ({ object: 'charge', ...byId(String(input.charge)) }),
    list_payment_intents: (input) => list('payment_intent', filtered(intents, input), input),
    get_payment_intent: (input) => ({ object: 'payment_intent', ...byId(String(input.payment_intent)) }),
    list_subscriptions: (input) => list('subscription', filtered(subscriptions, input), input),
    get_subscription: (input) => ({ object: 'subscription', ...subscriptionOf(input) }),
    list_invoices: (input) => list('invoice', filtered(invoices, input), input),
    get_invoice: (input) => ({ object: 'invoice', ...byId(String(input.invoice)) }),
    list_disputes: (input) => list('dispute', disputes, input),
    get_dispute: (input) => ({ object: 'dispute', ...byId(String(input.dispute)) }),
    list_payouts: (input) => list('payout', payouts, input),
    list_refunds: (input) => list('refund', [], input),
    list_events: (input) => list('event', [], input),
    list_balance_transactions: (input) => list('balance_transaction', [], input),
    explain_error: (input) => ({
      object: 'error_explanation',
      code: String(input.code),
      meaning: `It means ${String(input.code)}.`,
      next: 'Try another card.',
    }),
  };

  const ownerFacts = (owner: Row | undefined): JsonObject =>
    owner
      ? { customer: owner.id, customer_name: owner.name ?? null, customer_email: owner.email ?? null }
      : {};

  const writes: Record<string, (input: JsonObject) => JsonObject> = {
    create_customer: (input) => {
      const row = {
        ...fakeCustomer(next('cus'), String(input.name ?? ''), String(input.email ?? '')),
        ...input,
      };
      customers.unshift(row);
      return { object: 'customer', ...row };
    },
    update_customer: ({ customer: asked, ...changes }) => {
      const row = named('customer', customers, String(asked));
      return { object: 'customer', ...row, ...changes };
    },
    delete_customer: (input) => ({
      object: 'customer',
      id: named('customer', customers, String(input.customer)).id,
      deleted: true,
    }),
    attach_test_payment_method: (input) => ({
      object: 'payment_method',
      id: next('pm'),
      type: 'card',
      customer: whose(input)?.id ?? null,
    }),
    set_default_payment_method: (input) => ({ object: 'customer', ...(whose(input) ?? {}) }),
    create_product: (input) => {
      const row: Row = { id: next('prod'), name: String(input.name), active: true };
      products.unshift(row);
      const price: Row = {
        id: next('price'),
        product: row.id,
        product_name: String(input.name),
        amount: input.amount ? amountOf(input) : '0 USD',
        currency: String(input.currency),
        active: true,
        ...(input.interval ? { interval: input.interval } : {}),
      };
      if (input.amount) prices.unshift(price);
      return { object: 'product', ...row, prices: input.amount ? [price] : [] };
    },
    update_product: ({ product, ...changes }) => ({
      object: 'product',
      ...named('product', products, String(product)),
      ...changes,
    }),
    create_price: (input) => ({
      object: 'price',
      id: next('price'),
      product: String(input.product),
      amount: amountOf(input),
      interval: input.interval ?? null,
      active: true,
    }),
    update_price: (input) => ({ object: 'price', id: String(input.price), active: input.active ?? true }),
    create_payment_intent: (input) => {
      const row: Row = {
        id: next('pi'),
        amount: amountOf(input),
        status: 'requires_payment_method',
        ...ownerFacts(whose(input)),
      };
      intents.unshift(row);
      return { object: 'payment_intent', ...row };
    },
    confirm_payment_intent: (input) => {
      const row = input.payment_intent
        ? byId(String(input.payment_intent))
        : intents.find((intent) => intent.customer === whose(input)?.id);
      if (!row) throw new Refused({ code: 'not_found', message: 'No payment intent.' });
      if (/4000000000000002|chargeDeclined/.test(String(input.payment_method).replaceAll(' ', '')))
        decline(row.id);
      row.status = 'succeeded';
      return { object: 'payment_intent', ...row };
    },
    capture_payment_intent: (input) => ({
      object: 'payment_intent',
      id: String(input.payment_intent ?? 'pi_x'),
      status: 'succeeded',
      amount: '50.00 USD',
      amount_received: '50.00 USD',
    }),
    cancel_payment_intent: (input) => ({
      object: 'payment_intent',
      id: String(input.payment_intent),
      status: 'canceled',
      amount: '50.00 USD',
    }),
    charge_customer: (input) => {
      const owner = whose(input);
      if (owner?.id === 'cus_dora' && input.payment_method !== 'pm_cus_dora_2') decline('pi_declined');
      const row: Row = {
        id: next('ch'),
        amount: amountOf(input),
        status: 'succeeded',
        created: '2026-11-23T10:00:00Z',
        ...ownerFacts(owner),
      };
      charges.unshift(row);
      return { object: 'charge', ...row };
    },
    create_refund: (input) => {
      const target = chargeOf(input);
      const currency = String(target.amount).split(' ')[1] ?? 'USD';
      return {
        object: 'refund',
        id: next('re'),
        charge: target.id,
        amount: input.full === true ? String(target.amount) : `${String(input.amount)} ${currency}`,
        status: 'succeeded',
      };
    },
    create_subscription: (input) => {
      const owner = whose(input);
      const product = input.product ? named('product', products, String(input.product)) : undefined;
      if (owner?.id === 'cus_old')
        throw new Refused({
          code: 'payment_method_missing',
          message: 'This customer has no payment method.',
          next: 'Save a card with the customer, or bill by invoice (collection_method send_invoice).',
        });
      return {
        object: 'subscription',
        id: next('sub'),
        status: 'active',
        ...ownerFacts(owner),
        items: [{ product_name: product?.name ?? '', amount: '29.99 USD', interval: 'monthly' }],
      };
    },
    update_subscription: (input) => ({
      object: 'subscription',
      ...subscriptionOf(input),
      items: [
        {
          product_name: input.product
            ? String(named('product', products, String(input.product)).name)
            : 'Premium Subscription',
          amount: '9.99 USD',
          interval: 'monthly',
        },
      ],
    }),
    cancel_subscription_at_period_end: (input) => ({
      object: 'subscription',
      ...subscriptionOf(input),
      cancel_at_period_end: true,
    }),
    cancel_subscription_now: (input) => ({
      object: 'subscription',
      ...subscriptionOf(input),
      status: 'canceled',
    }),
    create_invoice: (input) => ({
      object: 'invoice',
      id: next('in'),
      status: 'draft',
      total: input.amount ? amountOf(input) : '0.00 USD',
      ...ownerFacts(whose(input)),
    }),
    create_invoice_item: (input) => ({
      object: 'invoice_item',
      id: next('ii'),
      amount: amountOf(input),
      customer: whose(input)?.id ?? null,
    }),
    finalize_invoice: (input) => ({
      object: 'invoice',
      id: String(input.invoice),
      status: 'open',
      total: '120.00 USD',
    }),
    send_invoice: (input) => ({
      object: 'invoice',
      id: String(input.invoice),
      status: 'open',
      total: '120.00 USD',
    }),
    pay_invoice: (input) => ({
      object: 'invoice',
      id: String(input.invoice),
      status: 'paid',
      total: '120.00 USD',
    }),
    void_invoice: (input) => ({
      object: 'invoice',
      id: String(input.invoice),
      status: 'void',
      total: '120.00 USD',
    }),
    create_payment_link: (input) => ({
      object: 'payment_link',
      id: next('plink'),
      url: `https://buy.stripe.com/test_${named('product', products, String(input.product)).id}`,
      active: true,
    }),
    create_coupon: (input) => ({ object: 'coupon', id: next('co'), ...input }),
  };

  return {
    written,
    /** Runs a tool. What comes back is a view or `{error}`. */
    call(tool: string, input: JsonObject): { value: Json; failed: boolean } {
      const run = reads[tool] ?? writes[tool];
      if (!run)
        return { value: { error: { code: 'unknown_tool', message: `No tool ${tool}` } }, failed: true };
      try {
        const value = run(input);
        if (writes[tool]) written.push({ tool, input });
        return { value, failed: false };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (writes[tool] && error.error.code === 'card_declined')
          written.push({ tool: `${tool}!declined`, input });
        return { value: { error: error.error }, failed: true };
      }
    },
  };
}
