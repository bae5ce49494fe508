import { type JsonObject, rowsAt, textAt } from '../json.ts';
import type { Request } from '../meaning/request.ts';
import { stemOf } from '../normalise/stem.ts';
import { type Act, lookAside, type World } from './act.ts';

/** What goods are called anyway: none of these tells one product from another. */
const generic = new Set(
  'plan subscription product package membership tier service item bundle the a an our one time onetime'.split(
    ' ',
  ),
);

export interface SpokenProduct {
  readonly id: string;
  readonly name: string;
  /** It was taken for a customer before. */
  readonly isNobody: boolean;
}

/** The one product of the account whose name stands in a request, whole or without what all goods are called. */
export function* spokenProduct(request: Request, world: World): Act<SpokenProduct | undefined> {
  if (!world.toolbox.named('list_products')) return undefined;
  const listed = yield* lookAside('list_products', { active: true, limit: 100 }, world);
  if (listed.status !== 'ok') return undefined;
  const rows = rowsAt(listed.value, 'data');
  const [person] = request.slots.customers ?? [];
  const apart = rowNamedIn(rows, withoutPeople(request));
  // "A checkout page for the Coffee Mug": who seemed to be somebody is a product.
  const row = apart ?? (person?.by === 'name' ? rowNamedIn(rows, person.text) : undefined);
  const [id, name] = [textAt(row, 'id'), textAt(row, 'name')];
  return id && name ? { id, name, isNobody: apart === undefined } : undefined;
}

/** The text of a request without those it is about: nobody's name is that of a product. */
function withoutPeople({ text, slots }: Request): string {
  return (slots.customers ?? []).reduce((rest, { text: name }) => rest.replaceAll(name, ' '), text);
}

/** The one row whose own name a text holds; undefined where none or several are as near. */
export function rowNamedIn(rows: readonly JsonObject[], text: string): JsonObject | undefined {
  const said = wordsOf(text);
  const scored = rows
    .map((row) => ({ row, score: scoreOf(wordsOf(textAt(row, 'name') ?? ''), said) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const [best, second] = scored;
  return best && best.score !== second?.score ? best.row : undefined;
}

function scoreOf(name: readonly string[], said: readonly string[]): number {
  if (name.length === 0) return 0;
  const joined = ` ${said.join(' ')} `;
  if (joined.includes(` ${name.join(' ')} `)) return 100 + name.length;
  const own = name.filter((word) => !generic.has(word));
  return own.length > 0 && joined.includes(` ${own.join(' ')} `) ? own.length : 0;
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map((word) =>
    generic.has(word) ? word : stemOf(word),
  );
}
