import type Stripe from 'stripe';
import type { Mode } from '../../../tools/account.ts';
import { ToolError } from '../../../tools/tool.ts';
import { idOf } from '../pages.ts';
import { savedMethods, usableMethod } from '../references/payment-methods.ts';
import { permitted } from '../stripe-tool.ts';
import { isTestToken, paymentMethodFrom } from '../test-cards.ts';
import { customerNamed, paymentMethodLabel, paymentMethodView } from '../views/customers.ts';

/** The payment method a write will use: an id that may be sent as it is. */
export interface ChosenMethod {
  readonly id: string;
  /** For people: `visa ending in 4242, expires 8/2030`. */
  readonly label: string;
  /** A `pm_card_…` stand-in, which belongs to nobody until it is attached. */
  readonly testToken: boolean;
  /** Whether it is what the customer's invoices are charged to anyway. */
  readonly isDefault: boolean;
}

function labelOf(id: string, method: Stripe.PaymentMethod | undefined): string {
  return method ? paymentMethodLabel(method) : `payment method ${id}`;
}

/**
 * Reads the payment method a model gave. One that belongs to somebody else than the payer is refused.
 * @throws ToolError `card_number_refused`, `wrong_customer`, `mode_mismatch`, `invalid_payment_method`
 */
export async function givenMethod(
  api: Stripe,
  given: string,
  payer: { mode: Mode; customer: string | undefined },
): Promise<ChosenMethod> {
  const id = paymentMethodFrom(given, payer.mode);
  if (isTestToken(id)) return { id, label: `test card ${id}`, testToken: true, isDefault: false };
  // Without the permission to read it, Stripe's own refusal of a stranger's method has to do.
  const method = await permitted(api.paymentMethods.retrieve(id));
  const owner = idOf(method?.customer);
  if (owner && owner !== payer.customer) {
    throw new ToolError('wrong_customer', `The payment method ${id} belongs to another customer.`, {
      next: 'Use one of the saved payment methods of this customer: list_customer_payment_methods shows them.',
    });
  }
  return { id, label: labelOf(id, method), testToken: false, isDefault: false };
}

/** The customer's default or only payment method; undefined when none is saved. @throws ToolError `ambiguous` */
export async function savedMethod(api: Stripe, customer: Stripe.Customer): Promise<ChosenMethod | undefined> {
  const usable = await usableMethod(api, customer);
  if (usable) {
    const method = await permitted(api.paymentMethods.retrieve(usable.id));
    return {
      id: usable.id,
      label: labelOf(usable.id, method),
      testToken: false,
      isDefault: usable.isDefault,
    };
  }
  const saved = await savedMethods(api, customer);
  if (saved.length === 0) return undefined;
  const who = customerNamed(customer);
  throw new ToolError('ambiguous', `${who} has ${saved.length} payment methods and none is the default.`, {
    next: 'Ask which one to use, or make one the default with set_default_payment_method.',
    details: { candidates: saved.map((method) => paymentMethodView(method)) },
  });
}

/** Nothing to charge, and what to do about it. */
export function noPaymentMethod(who: string, mode: Mode): ToolError {
  const test = mode === 'test' ? ' In test mode attach_test_payment_method saves a test card.' : '';
  return new ToolError('no_payment_method', `No saved payment method of ${who} is known.`, {
    next: `Send the customer a payment page, for example with create_payment_link, or an invoice with create_invoice.${test}`,
  });
}
