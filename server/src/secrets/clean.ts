import { maskCardNumbers } from './card-numbers.ts';
import { mapStrings, redactText } from './redact.ts';

/** What a person wrote, without card numbers and without what looks like a key. Cleaning twice changes nothing more. */
export function cleanText(text: string): string {
  return redactText(maskCardNumbers(text).text);
}

/** Every string inside a value cleaned, keys of objects included; numbers and dates stay as they are. */
export function cleanStrings<T>(value: T): T {
  return mapStrings(value, cleanText) as T;
}

/** The same for what comes from a connected account: there a test card stands for nothing and goes as well. */
export function cleanForeignStrings<T>(value: T): T {
  return mapStrings(value, (text) => redactText(maskCardNumbers(text, 'removed').text)) as T;
}
