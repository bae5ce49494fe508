import type { EntityValue, Unread } from './entity.ts';

const key = String.raw`[A-Za-z][\w-]{0,39}`;
const value = String.raw`(?:"[^"\n]{1,200}"|'[^'\n]{1,200}'|[\p{L}\p{N}](?:[\p{L}\p{N}_.@+/-]{0,100}[\p{L}\p{N}])?)`;

/** Facts of a record by key: `tier=gold`, "metadata tier: gold", "tier set to gold in her metadata". */
export function findPairs(unread: Unread): void {
  unread.claim(new RegExp(`(?<![\\p{L}\\p{N}_/?&.=])(${key}) ?= ?(${value})(?![=&])`, 'gu'), pairOf);
  if (!/\bmeta[ -]?data\b/i.test(unread.text)) return;
  const link = '(?: ?[:=] ?| to | as | is |,? (?:with |and )?(?:the |a )?value(?: of)?:? | -> | → )';
  const named = '(?:(?:the |a |an )?(?:key|field|entry|tag|pair|value)(?: called| named)? )?';
  unread.claim(
    new RegExp(`(?<=\\bmeta[ -]?data(?:,|:)? ${named})['"]?(${key})['"]?${link}(${value})`, 'giu'),
    pairOf,
  );
  unread.claim(
    new RegExp(
      `['"]?\\b(${key})['"]?${link}(${value})(?=(?: on \\S+)? (?:in|into|to|as|under) (?:the |his |her |their |its |[^,.;\\n]{1,40}'s )?meta[ -]?data\\b)`,
      'giu',
    ),
    pairOf,
  );
  unread.claim(
    new RegExp(
      `(?<=\\b(?:with|by|add|put|write|store|save|set) )(${key}) (${value})(?= (?:in|into|to|as|under) (?:the |his |her |their |its )?meta[ -]?data\\b)`,
      'giu',
    ),
    pairOf,
  );
}

function pairOf([, name = '', said = '']: RegExpExecArray): EntityValue | undefined {
  if (/^(?:name|email|phone|description|to|of|for|on|the|key|value)$/i.test(name)) return undefined;
  return { type: 'pair', key: name, value: said.replace(/^["']|["']$/g, '') };
}
