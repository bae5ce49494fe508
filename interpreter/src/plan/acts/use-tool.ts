import { plainText } from '../../answers/describe.ts';
import { candidateOf, choiceText } from '../../answers/failures.ts';
import { listAnswer } from '../../answers/lists.ts';
import { objectAnswer, writtenAnswer } from '../../answers/objects.ts';
import { type JsonObject, rowsAt, textAt } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import type { ToolSpec } from '../../toolbox.ts';
import type { CallResult } from '../../transcript.ts';
import { type Act, asked, callTool, declined, done, type Outcome, type World } from '../act.ts';
import { type Filled, fillInputs } from '../inputs.ts';
import { askCustomer, askProduct, callNamed, customerRef, failed, idRef } from '../references.ts';

/** A tool nobody wrote an act for: its inputs are filled by their names and schemas from what was said. */
export function* useTool(request: Request, world: World): Act {
  const tool = world.toolbox.named(request.tool ?? '');
  if (!tool) return declined('I have no tool here for that.');
  const { input, left } = fillInputs(tool, request, world);
  const more = yield* ownedBy(tool, input, request, world);
  if ('status' in more) return more;
  const whole: Filled = { ...input, ...more.input };
  const unused = more.used ? undefined : left;
  if (tool.effect !== 'read' && unused !== undefined)
    return declined(
      `I changed nothing yet, because I am not sure what "${plainText(unused)}" means there. What exactly should I do?`,
    );
  const missing = tool.required.find((name) => whole[name] === undefined);
  if (missing) return yield* askFor(missing, tool, request);
  const result = yield* callNamed(tool.name, whole);
  return outcomeOf(result, tool, request);
}

function outcomeOf(result: CallResult, tool: ToolSpec, request: Request): Outcome {
  if (result.status !== 'ok') return failed(result, request);
  const { value } = result;
  if (value.object === 'list') return done(listAnswer(value, textAt(value, 'of') ?? tool.object, ''));
  if (tool.effect === 'read') return done(objectAnswer(value));
  return done(writtenAnswer(`Done: ${tool.title.charAt(0).toLowerCase()}${tool.title.slice(1)}.`, value));
}

/**
 * "Bob's mastercard", "Anna's last quote": the object an id is needed of, found among those of a customer. The one
 * whose own words were said, else the only one there is; of several the person chooses.
 */
function* ownedBy(
  tool: ToolSpec,
  input: Filled,
  request: Request,
  world: World,
): Act<{ input: Filled; used: boolean } | Outcome> {
  const none = { input: {}, used: false };
  const customer =
    customerRef(request, world) ?? (request.slots.pronoun ? world.focus.customer() : undefined);
  if (tool.required.includes('customer') && input.customer === undefined && !customer) {
    const owner = yield* ownerOf(input, world);
    return owner === undefined ? none : { input: { customer: owner }, used: false };
  }
  const wanted = [...tool.properties.keys()].find(
    (name) =>
      input[name] === undefined &&
      (tool.required.includes(name) || (name === tool.object && !tool.properties.has('customer'))) &&
      lister(name, world) !== undefined,
  );
  if (!wanted) return none;
  const list = lister(wanted, world);
  if (!list || (list.required.includes('customer') && !customer)) return none;
  if (!customer && !request.slots.ordinal) {
    const spoken = request.slots.pronoun ? idRef(request, [wanted], world)?.id : undefined;
    return spoken ? { input: { [wanted]: spoken }, used: false } : none;
  }
  const asks = list.properties.has('customer') ? { customer } : {};
  const listed = yield* callNamed(list.name, asks);
  if (listed.status !== 'ok') return failed(listed, request);
  return choose(wanted, rowsAt(listed.value, 'data'), request, customer);
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

function choose(
  wanted: string,
  rows: readonly JsonObject[],
  request: Request,
  customer: string | undefined,
): { input: Filled; used: boolean } | Outcome {
  const name = wanted.replaceAll('_', ' ');
  const fitting = rows.filter((row) => isSpokenOf(row, request.text));
  const open = fitting.length > 0 ? fitting : rows;
  const [first] = open;
  const id = textAt(first, 'id');
  if (open.length === 0 || !id)
    return declined(`I found no ${name}${customer ? ` of ${plainText(customer)}` : ''} for that.`);
  if (open.length === 1 || request.slots.ordinal === 'last') return { input: { [wanted]: id }, used: true };
  const candidates = open.map(candidateOf);
  return asked(choiceText(`Which ${name} do you mean?`, candidates), {
    about: 'object',
    object: wanted,
    candidates,
    request,
  });
}

/** True where a word that only this row has was said: its brand, its last digits, its status. */
function isSpokenOf(row: JsonObject, text: string): boolean {
  const lower = text.toLowerCase();
  return Object.entries(row).some(([field, value]) => {
    if (/^(?:id|object|type|customer|customer_name|customer_email|created|currency|status)$/.test(field))
      return false;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return isSpokenOf(value, text);
    return typeof value === 'string' && value.length > 2 && lower.includes(value.toLowerCase());
  });
}

/** One question for what is missing. */
function* askFor(missing: string, tool: ToolSpec, request: Request): Act {
  if (missing === 'customer') return askCustomer(request, 'For which customer?');
  if (missing === 'product') return yield* askProduct(request, 'For which product?');
  const name = missing.replaceAll('_', ' ');
  const schema = tool.properties.get(missing);
  if (schema?.type === 'boolean')
    return asked(`Should it be ${name}, or not?`, { about: 'object', object: missing, request });
  if (Array.isArray(schema?.enum) && schema.enum.length <= 6)
    return asked(`Which ${name}: ${schema.enum.map((one) => String(one).replaceAll('_', ' ')).join(', ')}?`, {
      about: 'object',
      object: missing,
      request,
    });
  if (missing === 'amount' || missing === 'currency')
    return asked('Over which amount, and in which currency?', { about: 'amount', request });
  const title = `${tool.title.charAt(0).toLowerCase()}${tool.title.slice(1)}`;
  return asked(`To ${title} I need one more thing: which ${name}?`, {
    about: 'object',
    object: missing,
    request,
  });
}

/** The tool of a report, called with the time that was said. */
export function* callReport(tool: ToolSpec, period: JsonObject | undefined, request: Request): Act {
  const name = ['period', 'created'].find((one) => tool.properties.has(one));
  return outcomeOf(yield* callTool(tool.name, name && period ? { [name]: period } : {}), tool, request);
}
