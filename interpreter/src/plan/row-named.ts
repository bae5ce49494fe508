import type { ShownList } from '../dialogue/focus.ts';
import { type JsonObject, textAt } from '../json.ts';
import type { Request } from '../meaning/request.ts';
import type { World } from './act.ts';

/**
 * "Give back $20 of the workshop one", after payments were shown: the one row of that list whose own words were said, in the
 * place of somebody of that name. Undefined where no row or several fit.
 */
export function rowNamed(request: Request, { focus }: World): Request | undefined {
  const { list } = focus;
  const { customers, ids, about } = request.slots;
  const [named] = customers ?? [];
  const shown = onlyShown(request, list);
  if (shown) return shown;
  if (!list || ids || !/^(?:charge|invoice|subscription|payment_intent|refund)$/.test(list.of))
    return undefined;
  const plain = named?.by === 'name' && named.text === named.text.toLowerCase() && customers?.length === 1;
  const between = /\bthe ([\p{L}-]+(?: [\p{L}-]+)?) (?:payment|charge|one|invoice|purchase)\b/iu.exec(
    request.text,
  )?.[1];
  const said = plain ? named.text : (about ?? between);
  if (said === undefined || (named && !plain)) return undefined;
  const word = said.toLowerCase().replace(/ (?:one|payment|charge|invoice|thing)$/, '');
  const [row, ...others] = list.rows.filter((each) => holds(each, word));
  const id = textAt(row, 'id');
  if (word.length < 3 || !id || others.length > 0) return undefined;
  const { customers: _, about: __, ...slots } = request.slots;
  return { ...request, slots: { ...slots, ids: [{ object: list.of, id }] } };
}

/** "Give him 12 back", after the one payment of his that was asked for: that payment is meant, and no other. */
function onlyShown(request: Request, list: ShownList | undefined): Request | undefined {
  const { slots, intent } = request;
  const [row, ...more] = list?.rows ?? [];
  const id = textAt(row, 'id');
  const points = intent === 'refund' && slots.pronoun === 'person' && !slots.customers && !slots.ids;
  const plain = slots.ordinal === undefined && slots.about === undefined && slots.period === undefined;
  if (!list || !id || more.length > 0 || !points || !plain || !/^(?:charge|payment_intent)$/.test(list.of))
    return undefined;
  return { ...request, slots: { ...slots, ids: [{ object: list.of, id }] } };
}

/** A word of what it was for; who it was of is looked up as a customer. */
function holds(row: JsonObject, word: string): boolean {
  const words = (textAt(row, 'description') ?? textAt(row, 'number') ?? '').toLowerCase();
  const owner = `${textAt(row, 'customer_name') ?? ''} ${textAt(row, 'customer_email') ?? ''}`.toLowerCase();
  return !owner.includes(word) && ` ${words} `.includes(` ${word} `);
}
