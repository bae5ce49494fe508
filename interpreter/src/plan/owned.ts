import { plainText } from '../answers/describe.ts';
import { candidateOf, choiceText } from '../answers/failures.ts';
import { kindOfId } from '../entities/identifiers.ts';
import { type JsonObject, rowsAt, textAt } from '../json.ts';
import type { Request } from '../meaning/request.ts';
import { stemOf } from '../normalise/stem.ts';
import type { ToolSpec } from '../toolbox.ts';
import { type Act, asked, callTool, declined, type Outcome, type World } from './act.ts';
import type { Found } from './inputs/fill.ts';
import { idPrefix } from './inputs/known.ts';
import type { Filled } from './inputs/said.ts';
import { callNamed, customerRef, failed, idRef } from './references.ts';

/** What a tool finds by itself where its customer is given "instead of the id". */
const foundByCustomer = new Set(['subscription', 'invoice', 'quote', 'schedule', 'payment_intent']);

/**
 * "Bob's mastercard", "Anna's last quote", "the payment link": the object an id is needed of, found among those of a
 * customer or of the account. The one whose own words were said, else the only one there is; of several the person chooses.
 */
export function* ownedBy(
  tool: ToolSpec,
  input: Filled,
  request: Request,
  world: World,
): Act<ReadonlyMap<string, Found> | Outcome> {
  const none = new Map<string, Found>();
  const customer =
    customerRef(request, world) ?? (request.slots.pronoun ? world.focus.customer() : undefined);
  if (tool.required.includes('customer') && input.customer === undefined && !customer) {
    const owner = yield* ownerOf(input, world);
    return owner === undefined ? none : new Map([['customer', { value: owner, words: '' }]]);
  }
  const wanted = wantedBy(tool, input, request, world);
  if (!wanted || (wanted.list.required.includes('customer') && !customer)) return none;
  if (!customer && !request.slots.ordinal) {
    const spoken = request.slots.pronoun ? idRef(request, [wanted.kind], world)?.id : undefined;
    if (spoken) return new Map([[wanted.name, { value: spoken, words: '' }]]);
  }
  const filters = wanted.list.properties.has('customer');
  const listed = yield* callNamed(wanted.list.name, filters && customer ? { customer } : {});
  if (listed.status !== 'ok') return failed(listed, request);
  const rows = rowsAt(listed.value, 'data');
  const owned = rows.some((row) =>
    ['customer', 'customer_email', 'customer_name'].some((field) => row[field]),
  );
  const theirs = customer && !filters && owned ? rows.filter((row) => belongsTo(row, customer)) : rows;
  return choose(wanted, theirs, request, customer);
}

interface Wanted {
  readonly tool: ToolSpec;
  /** The input that lacks. */
  readonly name: string;
  /** The kind of object it is the id of. */
  readonly kind: string;
  readonly list: ToolSpec;
}

/** The first input that lacks, is needed or spoken of, and whose kind can be listed. */
function wantedBy(tool: ToolSpec, input: Filled, request: Request, world: World): Wanted | undefined {
  const instead = /^Instead\b/.test(String(tool.properties.get('customer')?.description ?? ''));
  const lower = request.text.toLowerCase();
  for (const [name, schema] of tool.properties) {
    if (input[name] !== undefined || name === 'product' || name === 'customer') continue;
    const kind = kindOfId(idPrefix(schema) ?? '') ?? name;
    if (instead && input.customer !== undefined && foundByCustomer.has(name)) continue;
    const needed =
      tool.required.includes(name) ||
      (kind === tool.object && !tool.properties.has('customer')) ||
      lower.includes(name.replaceAll('_', ' ')) ||
      (kind === 'coupon' && /\b(?:discount|voucher|promo\w*|offer)\b/.test(lower));
    const list = needed ? lister(kind, world) : undefined;
    if (list) return { tool, name, kind, list };
  }
  return undefined;
}

/** True for a row of somebody, where the list cannot be asked for theirs alone. */
function belongsTo(row: JsonObject, customer: string): boolean {
  const wanted = customer.toLowerCase();
  const [id, email, name] = ['customer', 'customer_email', 'customer_name'].map((field) =>
    (textAt(row, field) ?? '').toLowerCase(),
  );
  return id === wanted || email === wanted || name === wanted || ` ${name} `.includes(` ${wanted} `);
}

/** Whose an object is, where only the object was named. */
function* ownerOf(input: Filled, world: World): Act<string | undefined> {
  const id = Object.values(input).find((value) => typeof value === 'string' && /^[a-z]+_\w{6,}$/.test(value));
  if (id === undefined || !world.toolbox.named('get_object')) return undefined;
  const found = yield* callTool('get_object', { id });
  return found.status === 'ok' ? textAt(found.value, 'customer') : undefined;
}

function lister(kind: string, world: World): ToolSpec | undefined {
  return world.toolbox.tools.find(
    ({ action, object, effect, properties }) =>
      effect === 'read' &&
      action === 'list' &&
      object === kind &&
      (properties.has('customer') || kind !== 'customer'),
  );
}

const brands = /\b(?:visa|master ?card|amex|american express|discover|jcb|diners|union ?pay)\b/i;

function choose(
  { name: input, kind, tool }: Wanted,
  rows: readonly JsonObject[],
  request: Request,
  customer: string | undefined,
): ReadonlyMap<string, Found> | Outcome {
  const called = kind.replaceAll('_', ' ');
  const fitting = rows.filter((row) => isSpokenOf(row, request.text));
  const open = fitting.length > 0 ? fitting : rows;
  if (fitting.length === 0 && !tool.required.includes(input) && kind !== tool.object) return new Map();
  const brand = fitting.length === 0 ? brands.exec(request.text)?.[0] : undefined;
  if (brand && kind === 'payment_method')
    return declined(
      `I found no ${plainText(brand)} card${customer ? ` of ${plainText(customer)}` : ''}, so I changed nothing.`,
    );
  const [first] = open;
  const id = textAt(first, 'id');
  if (!first || !id)
    return declined(`I found no ${called}${customer ? ` of ${plainText(customer)}` : ''} for that.`);
  // What has a name of its own and was not called by it may be another than is meant.
  const spoken = fitting.length > 0 || kind === 'payment_method' || saysKind(kind, request);
  const unsaid = tool.effect !== 'read' && (!spoken || (fitting.length === 0 && isNamed(first)));
  if ((open.length === 1 && !unsaid) || request.slots.ordinal === 'last')
    return new Map([[input, { value: id, words: wordsOf(first) }]]);
  const candidates = open.map(candidateOf);
  return asked(
    choiceText(
      open.length === 1 ? `Is this the ${called} you mean?` : `Which ${called} do you mean?`,
      candidates,
    ),
    {
      about: 'object',
      object: kind,
      candidates,
      request,
    },
  );
}

/** True where the kind of thing was said, or pointed at. */
function saysKind(kind: string, { text, slots }: Request): boolean {
  const stem = stemOf(kind.split('_').at(-1) ?? '');
  return (
    slots.pronoun !== undefined ||
    text
      .toLowerCase()
      .split(/[^\p{L}]+/u)
      .some((word) => stemOf(word) === stem)
  );
}

const isNamed = (row: JsonObject): boolean =>
  ['name', 'display_name', 'code'].some((field) => textAt(row, field));

/** What a row is called, so that its name in the clause counts as read. */
function wordsOf(row: JsonObject | undefined): string {
  const fields = ['name', 'display_name', 'code', 'id', 'number', 'last4', 'brand', 'event_name', 'url'];
  return [...fields, 'customer_name', 'customer_email']
    .map((field) => textAt(row, field) ?? textAt(row?.card, field) ?? '')
    .join(' ');
}

/** True where a word that only this row has was said: its brand, its last digits, its status. */
function isSpokenOf(row: JsonObject, text: string): boolean {
  const said = ` ${wordsIn(text)} `;
  return Object.entries(row).some(([field, value]) => {
    if (/^(?:object|type|customer|customer_name|customer_email|created|currency|status)$/.test(field))
      return false;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return isSpokenOf(value, text);
    return typeof value === 'string' && value.length > 2 && said.includes(` ${wordsIn(value)} `);
  });
}

const wordsIn = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_@.-]+/gu, ' ')
    .trim();
