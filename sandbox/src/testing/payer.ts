import Stripe from 'stripe';
import { createSandbox } from '../index.ts';

type Params = Partial<Stripe.PaymentIntentCreateParams>;

/** A sandbox whose time tests move, and in it an account of its own for each test, which takes payments. */
export function createPayer(name: string) {
  const start = Date.UTC(2026, 0, 5, 12);
  let now = start;
  const sandbox = createSandbox({ clock: { now: () => now } });
  let count = 0;
  let stripe = client();
  function client(): Stripe {
    const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
    return new Stripe(`sk_test_${name}${count++}`, { httpClient, maxNetworkRetries: 0 });
  }
  /** An intent with a card, by default confirmed at once. */
  function pay(method: string, params: Params = {}) {
    return stripe.paymentIntents.create({
      amount: 5000,
      currency: 'usd',
      payment_method: method,
      confirm: true,
      allowed_payment_method_types: ['card'],
      ...params,
    });
  }
  return {
    sandbox,
    start,
    pay,
    /** Goes back to the start, in another account. */
    begin(): Stripe {
      now = start;
      stripe = client();
      return stripe;
    },
    pass(seconds: number) {
      now += seconds * 1000;
    },
    hold: (params: Params = {}) => pay('pm_card_visa', { capture_method: 'manual', ...params }),
    chargeOf: (intent: Stripe.PaymentIntent) => stripe.charges.retrieve(String(intent.latest_charge)),
    async eventTypes(): Promise<string[]> {
      const { data } = await stripe.events.list({ limit: 100 });
      return data.map(({ type }) => type).reverse();
    },
    /** What the customer does on the page that the intent leads to. */
    async act(intent: Stripe.PaymentIntent, outcome: 'succeed' | 'fail'): Promise<Stripe.PaymentIntent> {
      const action = intent.next_action;
      const sdk = action?.use_stripe_sdk as { stripe_js?: string } | undefined;
      const url = action?.redirect_to_url?.url ?? sdk?.stripe_js ?? '';
      await sandbox.fetch(
        new Request(url, { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' }),
      );
      return stripe.paymentIntents.retrieve(intent.id);
    },
  };
}

/** The error that a call ends with; undefined where it does not. */
export async function refusal(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return (await promise.then(
    () => undefined,
    (error: unknown) => error,
  )) as Stripe.errors.StripeError;
}
