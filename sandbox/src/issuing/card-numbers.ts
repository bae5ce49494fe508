import { randomDigits } from '../ids.ts';
import type { CollectionSpec } from '../store/collection.ts';

/** What is printed on a card, told only to those who ask for it (`expand`). */
export interface CardNumber {
  /** The card. */
  readonly id: string;
  readonly number: string;
  readonly cvc: string;
}
export const cardNumbers: CollectionSpec<CardNumber> = { name: 'issuing_card_numbers', indexes: {} };

/** What the numbers of all cards issued in test mode begin with. */
const bin = '4000009990';

export function newCardNumber(id: string): CardNumber {
  const digits = bin + randomDigits(5);
  return { id, number: digits + checkDigit(digits), cvc: randomDigits(3) };
}

/** The digit that Luhn's rule asks for after these. */
function checkDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}
