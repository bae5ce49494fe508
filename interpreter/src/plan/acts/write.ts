import { currencyExponent, isCurrency } from '@purser/money';
import { writtenAnswer } from '../../answers/objects.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import { type Act, declined, done, type World } from '../act.ts';
import { callNamed, failed } from '../references.ts';

type Input = Record<string, Json | undefined>;

/**
 * Makes one writing call and tells what came of it. `said` words the success from the result; the object follows.
 * What was said and the tool does not take is never left out: then nothing is written.
 */
export function* write(
  tool: string,
  input: Input,
  said: (value: JsonObject) => string,
  request: Request,
  world: World,
): Act {
  const spec = world.toolbox.named(tool);
  if (!spec) return declined(`I have no tool here that can do that (${tool}).`);
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const takes = (name: string) => spec.properties.size === 0 || spec.properties.has(name);
  // A refund is in the currency of its payment, and takes none.
  const lost = given.find(([name]) => name !== 'currency' && !takes(name))?.[0];
  if (lost)
    return declined(
      `I changed nothing: "${spec.title.toLowerCase()}" takes no ${lost.replaceAll('_', ' ')} here, and without it that would be something else.`,
    );
  const result = yield* callNamed(tool, Object.fromEntries(given.filter(([name]) => takes(name))));
  if (result.status !== 'ok') return failed(result, request);
  return done(writtenAnswer(said(result.value), result.value));
}

/** The sum of a request; a bare number counts where a sum is needed and nothing else was said. */
export function amountOf(request: Request, world: World): { amount: string; currency: string } | undefined {
  const { amount, number } = request.slots;
  if (amount) return sound(amount.decimal, amount.currency ?? world.setting.currency);
  const bare = number !== undefined && /^\d{1,12}(?:\.\d{1,3})?$/.test(number);
  return bare ? sound(number, world.setting.currency) : undefined;
}

/** A sum that can only be read one way: not nothing, and not "1.000" in a currency of two decimals. */
function sound(decimal: string, currency: string): { amount: string; currency: string } | undefined {
  if (/^0+(?:\.0+)?$/.test(decimal)) return undefined;
  const fraction = decimal.split('.')[1] ?? '';
  const places = isCurrency(currency) ? currencyExponent(currency) : 2;
  return fraction.length > places ? undefined : { amount: decimal, currency };
}
