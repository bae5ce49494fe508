import { ToolError } from '../../tools/tool.ts';
import type { Mode } from '../connection.ts';

/**
 * Stripe's published test card numbers and the payment methods that stand for them. Only these numbers are ever
 * recognised; what is sent to Stripe is the token, never a number.
 */
const testCards: Readonly<Record<string, string>> = {
  '4242424242424242': 'pm_card_visa',
  '4000056655665556': 'pm_card_visa_debit',
  '5555555555554444': 'pm_card_mastercard',
  '5200828282828210': 'pm_card_mastercard_debit',
  '5105105105105100': 'pm_card_mastercard_prepaid',
  '378282246310005': 'pm_card_amex',
  '6011111111111117': 'pm_card_discover',
  '3056930009020004': 'pm_card_diners',
  '3566002020360505': 'pm_card_jcb',
  '6200000000000005': 'pm_card_unionpay',
  '4000000000000077': 'pm_card_bypassPending',
  '4000000000003220': 'pm_card_threeDSecure2Required',
  '4000002500003155': 'pm_card_authenticationRequiredOnSetup',
  '4000002760003184': 'pm_card_authenticationRequired',
  '4000000000000002': 'pm_card_visa_chargeDeclined',
  '4000000000009995': 'pm_card_visa_chargeDeclinedInsufficientFunds',
  '4000000000009987': 'pm_card_visa_chargeDeclinedLostCard',
  '4000000000009979': 'pm_card_visa_chargeDeclinedStolenCard',
  '4000000000000069': 'pm_card_chargeDeclinedExpiredCard',
  '4000000000000127': 'pm_card_chargeDeclinedIncorrectCvc',
  '4000000000000119': 'pm_card_chargeDeclinedProcessingError',
  '4000000000006975': 'pm_card_visa_chargeDeclinedVelocityLimitExceeded',
  '4000000000000341': 'pm_card_chargeCustomerFail',
  '4100000000000019': 'pm_card_radarBlock',
  '4000000000000259': 'pm_card_createDispute',
  '4000000000002685': 'pm_card_createDisputeProductNotReceived',
  '4000000000001976': 'pm_card_createDisputeInquiry',
};

const words: Readonly<Record<string, string>> = {
  visa: 'pm_card_visa',
  mastercard: 'pm_card_mastercard',
  amex: 'pm_card_amex',
  discover: 'pm_card_discover',
};

/** Whether a text is a number of a card's length, however it is grouped. */
export function looksLikeCardNumber(text: string): boolean {
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
    const token = testCards[text.replace(/\D/g, '')];
    return token ?? refuse('card_number_refused', 'That is not one of Stripe’s published test cards.');
  }
  const id = words[text.toLowerCase()] ?? text;
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
