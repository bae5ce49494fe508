import { expect, test } from 'vitest';
import type { Route } from '../sandbox/src/resource.ts';
import { resources } from '../sandbox/src/resources.ts';
import { StripeFault } from '../sandbox/src/wire/errors.ts';
import type { FormMap, FormValue } from '../sandbox/src/wire/form.ts';
import { parseFields } from '../sandbox/src/wire/params.ts';
import { sdkEndpoints } from '../sandbox/src/wire/sdk-endpoints.ts';
import { paramsOf, type Shape } from './sdk-params.ts';

/** A place among parameters: names, with '' for any element of a list. */
type Place = readonly string[];

function written([first = '', ...rest]: Place): string {
  return first + rest.map((name) => `[${name === '' ? '0' : name}]`).join('');
}

function valueAt([name, ...rest]: Place, value: string): FormValue {
  if (name === undefined) return value;
  const inner = valueAt(rest, value);
  return name === '' ? [inner] : { [name]: inner };
}

function* placesIn(shape: Shape, place: Place): Generator<readonly [Place, Shape]> {
  for (const [name, part] of shape.parts) {
    // Told by what it is, not by its name.
    if (name === 'external_account') continue;
    const here = [...place, name];
    yield [here, part];
    yield* placesIn(part, part.isList ? [...here, ''] : here);
  }
}

/** Why a value at a place is refused; null where it is taken, or where the sandbox says that it lacks the parameter. */
function refusal(route: Route, place: Place, value: string): string | null {
  try {
    parseFields(route.fields, valueAt(place, value) as FormMap);
    return null;
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    const isHere = error.body.param === written(place) && error.body.code !== 'parameter_unknown';
    return error.status === 400 && isHere ? error.message : null;
  }
}

function methodOf({ method, path }: Route): string | undefined {
  return new Map<string, string>(Object.entries(sdkEndpoints)).get(
    `${method} ${path.replaceAll(/:[a-z_]+/g, ':id')}`,
  );
}

test('every word that the SDK lists is taken or answered with a 501, and whatever it lets be unset is unset', () => {
  let words = 0;
  const wrong: string[] = [];
  for (const route of resources.flatMap((resource) => resource.routes ?? [])) {
    const method = methodOf(route);
    if (method === undefined) continue;
    for (const [place, { isEmptyable, isList, words: listed }] of placesIn(paramsOf(method), [])) {
      const values = [
        ...listed
          .filter((word) => word !== '')
          .map((word) => [isList ? [...place, ''] : place, word] as const),
        ...(isEmptyable || listed.includes('') ? [[place, ''] as const] : []),
      ];
      words += values.length;
      for (const [at, value] of values) {
        const why = refusal(route, at, value);
        if (why !== null) wrong.push(`${route.method} ${route.path}: ${written(at)}=${value}: ${why}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(words).toBeGreaterThan(10_000);
});
