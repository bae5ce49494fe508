import { refused } from '../../resource.ts';
import { type ErrorCode, StripeFault } from '../../wire/errors.ts';
import { integer, object, type Parsed, required, text } from '../../wire/params.ts';
import type { TestCard } from './test-card.ts';
import { cardByNumber } from './test-cards.ts';

/** Card details as endpoints take them. Only Stripe's published test numbers are accepted. */
export const cardFields = {
  number: required(text(40)),
  exp_month: required(integer()),
  exp_year: required(integer()),
  cvc: text(8),
  networks: object({ preferred: text(30) }),
} as const;

export interface CardDetails {
  readonly card: TestCard;
  readonly expMonth: number;
  readonly expYear: number;
  readonly cvcGiven: boolean;
  /** The network to run on, of a card that has several. */
  readonly preferredNetwork?: string;
}

/** Checks details the way Stripe does before any bank is asked. Errors never repeat the number. */
export function cardFromDetails(
  input: Parsed<typeof cardFields>,
  path: string,
  nowSeconds: number,
): CardDetails {
  const digits = input.number.replaceAll(/[\s-]/g, '');
  const expYear = input.exp_year < 100 ? 2000 + input.exp_year : input.exp_year;
  if (!/^\d{12,19}$/.test(digits) || !passesLuhn(digits)) {
    throw cardError('incorrect_number', 'Your card number is incorrect.', `${path}[number]`);
  }
  const today = new Date(nowSeconds * 1000);
  if (input.exp_month < 1 || input.exp_month > 12) {
    throw cardError('invalid_expiry_month', "Your card's expiration month is invalid.", `${path}[exp_month]`);
  }
  const thisYear = today.getUTCFullYear();
  if (expYear < thisYear || expYear > thisYear + 50) {
    throw cardError('invalid_expiry_year', "Your card's expiration year is invalid.", `${path}[exp_year]`);
  }
  if (expYear === thisYear && input.exp_month < today.getUTCMonth() + 1) {
    throw cardError('invalid_expiry_month', "Your card's expiration month is invalid.", `${path}[exp_month]`);
  }
  if (input.cvc !== undefined && !/^\d{3,4}$/.test(input.cvc)) {
    throw cardError('invalid_cvc', "Your card's security code is invalid.", `${path}[cvc]`);
  }
  const card = cardByNumber(digits);
  if (!card) throw liveCardInTestMode();
  const preferredNetwork = input.networks?.preferred;
  return {
    card,
    expMonth: input.exp_month,
    expYear,
    cvcGiven: input.cvc !== undefined,
    ...(preferredNetwork === undefined ? {} : { preferredNetwork }),
  };
}

function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function cardError(code: ErrorCode, message: string, param: string): StripeFault {
  return new StripeFault(402, { type: 'card_error', code, param, message });
}

function liveCardInTestMode(): StripeFault {
  return new StripeFault(402, {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'test_mode_live_card',
    message:
      'Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
  });
}

/** An account cannot take a number where only tokens are meant. */
export function tokenUnknown(token: string, param: string): StripeFault {
  return refused(param, `No such token: '${token}'`, 'resource_missing');
}
