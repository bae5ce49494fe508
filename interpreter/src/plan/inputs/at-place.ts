import type { Request } from '../../meaning/request.ts';
import { stemOf } from '../../normalise/stem.ts';
import type { ToolSpec } from '../../toolbox.ts';
import type { World } from '../act.ts';

/** What the person wants to be written, in their own words: dictated, quoted, or what stands between verb and place. */
export function ownWords({ slots, said = [], text }: Request, tool: ToolSpec): string | undefined {
  if (slots.description !== undefined) return slots.description;
  const quoted = said.find(({ entity }) => entity?.type === 'quoted')?.entity;
  if (quoted?.type === 'quoted') return quoted.text;
  if (tool.properties.has('channel')) {
    const between =
      /^(?:please |can you |could you )*(?:post|send|write|say|put|announce|share) (?!(?:it|this|that|these|those|them|the (?:list|result|report|balance|answer))\b|to\b|in\b|on\b)(.{3,}?) (?:to|in|into|on|at) (?:the )?(?:#|\p{Lu})/iu.exec(
        text,
      )?.[1];
    return between;
  }
  if (!tool.properties.has('title')) return undefined;
  return /\b(?:about|titled|called|named|saying|for) (?!(?:it|this|that|these|those|each|every)\b)(.{3,200}?)[.!]?$/i
    .exec(text)?.[1]
    ?.replace(/ (?:in|on) \S+\/\S+$/, '')
    .replace(/^./, (letter) => letter.toUpperCase());
}

/** Whether what was spoken of is to be told: "post it to …", "about this payment", or what an event began. */
export function wantsNews({ slots, text }: Request, world: World): boolean {
  return (
    world.focus.told !== undefined ||
    slots.pronoun !== undefined ||
    /\b(?:the (?:list|result|results|report|balance|answer|figures?|numbers?))\b/i.test(text)
  );
}

/** The record a tool is about: an address, or the name beside what kind of record it is. */
export function recordIn({ said = [], slots }: Request, tool: ToolSpec): string | undefined {
  const email = said.find(({ entity }) => entity?.type === 'email')?.entity;
  if (email?.type === 'email') return email.email;
  const names = said.flatMap(({ entity }) =>
    entity?.type === 'name' && !isKind(entity.text, tool) ? [entity] : [],
  );
  const owner = names.find(({ possessive }) => possessive) ?? names[0];
  return owner?.text ?? slots.customers?.find(({ by }) => by === 'email')?.text;
}

function isKind(text: string, tool: ToolSpec): boolean {
  return tool.name.split('_').some((word) => stemOf(word) === stemOf(text.toLowerCase()));
}

/** What to look for: in quotes, after "about", else the name or address that was said. */
export function queryIn(request: Request, tool: ToolSpec): string | undefined {
  const { said = [], text } = request;
  const quoted = said.find(({ entity }) => entity?.type === 'quoted')?.entity;
  if (quoted?.type === 'quoted') return quoted.text;
  const place = '(?: (?:in|on|at|from|of) (?:the )?(?:\\S+\\/\\S+|\\p{Lu}\\p{L}+))*';
  const about = new RegExp(
    `\\b(?:about|mentioning|regarding|concerning|containing|that mention|with the words?|on the subject of|named|called) (.{2,120}?)${place}[?.!]?$`,
    'iu',
  ).exec(text)?.[1];
  return about ?? recordIn(request, tool);
}
