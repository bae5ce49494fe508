import { plainText } from '../../answers/describe.ts';
import { listAnswer } from '../../answers/lists.ts';
import { objectAnswer, writtenAnswer } from '../../answers/objects.ts';
import { type JsonObject, textAt } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import type { ToolSpec } from '../../toolbox.ts';
import type { CallResult } from '../../transcript.ts';
import { type Act, asked, callTool, declined, done, type Outcome, type World } from '../act.ts';
import { type Found, fillInputs } from '../inputs/fill.ts';
import { ownedBy } from '../owned.ts';
import { askCustomer, askProduct, callNamed, failed } from '../references.ts';
import { type SpokenProduct, spokenProduct } from '../spoken.ts';

/** A tool nobody wrote an act for: its inputs are filled by their names and schemas from what was said. */
export function* useTool(said: Request, world: World): Act {
  const tool = world.toolbox.named(said.tool ?? '');
  if (!tool) return declined('I have no tool here for that.');
  const known = new Map<string, Found>();
  const product = yield* productSpoken(tool, said, world);
  const request = product?.isNobody ? { ...said, slots: { ...said.slots, customers: undefined } } : said;
  if (product) known.set('product', { value: product.id, words: product.name });
  const more = yield* ownedBy(tool, fillInputs(tool, request, world, known).input, request, world);
  if ('status' in more) return more;
  for (const [name, found] of more) known.set(name, found);
  const { input, left } = fillInputs(tool, request, world, known);
  if (tool.effect !== 'read' && left !== undefined)
    return declined(
      `I changed nothing yet, because I am not sure what "${plainText(left)}" means there. What exactly should I do?`,
    );
  const missing = tool.required.find((name) => input[name] === undefined);
  if (missing) return yield* askFor(missing, tool, request);
  const result = yield* callNamed(tool.name, input);
  return outcomeOf(result, tool, request);
}

/** The product a clause names without saying that it is one: "a quote for Bob for Premium". */
function* productSpoken(tool: ToolSpec, request: Request, world: World): Act<SpokenProduct | undefined> {
  const { slots } = request;
  const open =
    tool.properties.has('product') && !slots.amount && !slots.ids?.some(({ object }) => object === 'price');
  return open ? yield* spokenProduct(request, world) : undefined;
}

/** What came of a tool that no act words by itself. */
export function outcomeOf(result: CallResult, tool: ToolSpec, request: Request): Outcome {
  if (result.status !== 'ok') return failed(result, request);
  const { value } = result;
  if (value.object === 'list') return done(listAnswer(value, textAt(value, 'of') ?? tool.object, ''));
  if (tool.effect === 'read') return done(objectAnswer(value));
  return done(writtenAnswer(`Done: ${tool.title.charAt(0).toLowerCase()}${tool.title.slice(1)}.`, value));
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
