import { isWrite } from '../meaning/doubts.ts';
import type { Request } from '../meaning/request.ts';
import { understand } from '../meaning/understand.ts';
import type { Setting } from '../setting.ts';
import type { Toolbox } from '../toolbox.ts';
import { sentencesOf } from './goods.ts';
import { readsOnly } from './house-rules.ts';

const opening =
  /^(?:[-*•] *)?(?:please |always |you (?:must|may|should|can|are to) |under no circumstances |staff (?:must|may) )*(?:never|do not|don't|must not|may not|mustn't|not allowed to|no)\s+/i;
const closing = /\s+(?:is|are) (?:not allowed|forbidden|prohibited|never allowed)\b.*$/i;
/** What depends on a sum or a case is a ceiling or a matter of judgement, not a ban. */
const qualified =
  /\b(?:over|above|more than|exceeding|greater than|larger than|beyond|unless|without|except|until|before|if|when|twice|[$€£¥]\s?\d)/i;

/** The sentence of the instructions that forbids an act altogether: "Never delete customers." */
export function forbiddenBy(request: Request, setting: Setting, toolbox: Toolbox): string | undefined {
  if (!isWrite(request) || setting.instructions === '') return undefined;
  const nothing = readsOnly(setting);
  if (nothing) return nothing;
  return sentencesOf(setting).find((sentence) => {
    const ban = banOf(sentence);
    return ban !== undefined && understand(ban, setting, toolbox).some((banned) => isSame(banned, request));
  });
}

/** What a sentence bans, as one would ask for it. */
function banOf(sentence: string): string | undefined {
  if (qualified.test(sentence)) return undefined;
  if (opening.test(sentence)) return sentence.replace(opening, '').replace(/[.!;]+$/, '');
  return closing.test(sentence) ? `make ${sentence.replace(closing, '')}` : undefined;
}

function isSame(banned: Request, request: Request): boolean {
  const refunds = banned.object === 'refund' && banned.intent !== 'count';
  if (refunds && request.intent === 'refund') return true;
  if (banned.intent !== request.intent) return false;
  if (banned.tool !== request.tool) return false;
  return banned.object === '' || request.object === '' || banned.object === request.object;
}
