import { stripeTestCards } from '../../secrets/test-cards.ts';
import type { Mode } from '../../tools/account.ts';
import { ToolError } from '../../tools/tool.ts';

const words: Readonly<Record<string, string>> = {
  visa: 'pm_card_visa',
  mastercard: 'pm_card_mastercard',
  amex: 'pm_card_amex',
  discover: 'pm_card_discover',
};

/** Whether a text is a number of a card's length, however it is grouped. */
function looksLikeCardNumber(text: string): boolean {
  return /^\d{12,19}$/.test(text.replace(/[\s.-]/g, ''));
}

function refuse(code: string, message: string): never {
  throw new ToolError(code, message, {
    next: 'Never take card numbers: let the customer enter the card on a Stripe payment page, for example with create_payment_link.',
  });
}

/**
 * The payment method meant by an id, a `pm_card_…` token, or, in test mode, a published test card number with or
 * without separators. The number appears in no message.
 * @throws ToolError `card_number_refused` for any other number, and for every number in live mode
 */
export function paymentMethodFrom(given: string, mode: Mode): string {
  const text = given.trim();
  if (looksLikeCardNumber(text)) {
    if (mode === 'live') refuse('card_number_refused', 'Card numbers are never accepted in live mode.');
    const token = stripeTestCards.get(text.replace(/\D/g, ''));
    return token ?? refuse('card_number_refused', 'That is not one of Stripe’s published test cards.');
  }
  // What stands in a message after masking: `pm_card_visa (test card •••• 4242)`.
  const masked = /^(pm_card_\w+) \(.*\)$/.exec(text)?.[1];
  const id = masked ?? words[text.toLowerCase()] ?? text;
  if (isTestToken(id) && mode === 'live') refuse('mode_mismatch', 'Test cards work in test mode only.');
  if (/^(pm|card|src|ba)_\w+$/.test(id)) return id;
  throw new ToolError('invalid_payment_method', `"${text.slice(0, 40)}" is not a payment method.`, {
    next: 'Give a payment method id (pm_…); list_customer_payment_methods shows those of a customer.',
  });
}

/** `pm_card_…`: a stand-in that Stripe offers in test mode. */
export function isTestToken(id: string): boolean {
  return id.startsWith('pm_card_');
}
