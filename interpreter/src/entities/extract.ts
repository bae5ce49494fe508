import type { Setting } from '../setting.ts';
import { findAddresses } from './addresses.ts';
import { findAmounts, findPercents } from './amounts.ts';
import { findCardEndings } from './card-endings.ts';
import { type Entity, Unread } from './entity.ts';
import { findIdentifiers } from './identifiers.ts';
import { findLowerCaseNames, findNames } from './names.ts';
import { findPairs } from './pairs.ts';
import { findPeriods } from './periods.ts';
import { findNumbers, findRhythms } from './rhythms.ts';

const noWords: ReadonlySet<string> = new Set();

/**
 * Everything in a tidied text that stands for a value, in the order of the text. What is sure is read first.
 * @param learned words that tools use of themselves, which name nobody.
 * @param places what tools call the places they reach.
 */
export function extractEntities(
  text: string,
  setting: Setting,
  learned: ReadonlySet<string> = noWords,
  places: ReadonlySet<string> = noWords,
): Entity[] {
  const unread = new Unread(text, places);
  findPairs(unread);
  findIdentifiers(unread);
  findAddresses(unread);
  findCardEndings(unread);
  findAmounts(unread, setting.currency);
  findPercents(unread);
  findNames(unread, learned);
  findRhythms(unread);
  findPeriods(unread, setting);
  findNumbers(unread);
  findLowerCaseNames(unread, learned);
  return unread.found.sort((a, b) => a.start - b.start);
}
