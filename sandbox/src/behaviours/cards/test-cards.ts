import { derivedText } from '../../ids.ts';
import { cardsByBrand } from './by-brand.ts';
import { cardsByCountry } from './by-country.ts';
import { cardsByOutcome } from './by-outcome.ts';
import type { TestCard } from './test-card.ts';

/** Every card that Stripe publishes for tests. */
export const testCards: readonly TestCard[] = [...cardsByBrand, ...cardsByCountry, ...cardsByOutcome];

const byNumber = new Map<string, TestCard>();
const byName = new Map<string, TestCard>();
const byFingerprint = new Map<string, TestCard>();
for (const card of testCards) {
  if (card.number !== null) byNumber.set(card.number, card);
  for (const name of card.names) byName.set(name.toLowerCase(), card);
  byFingerprint.set(cardFingerprint(card), card);
}

/** Stands for the number without showing it, as Stripe's fingerprints do: the same for the same card. */
export function cardFingerprint(card: TestCard): string {
  return derivedText(`card ${card.number ?? card.names[0]}`, 16);
}

/** The published test card with this number (digits only). */
export function cardByNumber(number: string): TestCard | undefined {
  return byNumber.get(number);
}

/** The card behind `pm_card_visa` or `tok_visa`. Most names are also known with, or without, the brand before them. */
export function cardByToken(token: string): TestCard | undefined {
  const name = /^(?:pm_card|tok)_(\w+)$/.exec(token)?.[1]?.toLowerCase();
  if (name === undefined) return undefined;
  return byName.get(name) ?? byName.get(name.replace(/^visa_/, '')) ?? byName.get(`visa_${name}`);
}

/** The card behind a stored method. */
export function cardByFingerprint(fingerprint: string | null | undefined): TestCard | undefined {
  return byFingerprint.get(fingerprint ?? '');
}
