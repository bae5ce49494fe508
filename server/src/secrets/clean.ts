import { maskCardNumbers } from './card-numbers.ts';
import { mapStrings, redactText } from './redact.ts';

/** What a person wrote, without card numbers and without what looks like a key. Cleaning twice changes nothing more. */
export function cleanText(text: string): string {
  return redactText(maskCardNumbers(text).text);
}

/** 15 digits: what is shorter is rather an amount in minor units than one of the few cards of that length. */
const leastNumber = 100_000_000_000_000;

/** A number that is a card number becomes the text that stands for it. */
export function cleanNumber(number: number): number | string {
  if (number < leastNumber || !Number.isSafeInteger(number)) return number;
  const { text, found } = maskCardNumbers(String(number));
  return found.length > 0 ? text : number;
}

/** Every string inside a value cleaned, keys of objects included, and numbers that are card numbers; dates stay. */
export function cleanStrings<T>(value: T): T {
  return mapStrings(value, cleanText, cleanNumber) as T;
}

/** The same for what comes from a connected account: there a test card stands for nothing and goes as well. */
export function cleanForeignStrings<T>(value: T): T {
  return mapStrings(value, (text) => redactText(maskCardNumbers(text, 'removed').text), cleanNumber) as T;
}

/** What a model said: card numbers that it made up, or was told past us, go; Stripe's published test cards may stay. */
export function cleanOwnWords<T>(value: T): T {
  return mapStrings(value, (text) => maskCardNumbers(text, 'kept').text, cleanNumber) as T;
}
