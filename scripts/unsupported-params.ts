/**
 * Writes sandbox/src/wire/unsupported-params.ts: the parameters of endpoints that the sandbox answers which the official
 * SDK has and the sandbox has not. `--check` only says whether the file is what it would write.
 *
 * The sandbox itself is asked: each parameter of the SDK's types is put before what reads the endpoint's parameters.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Route } from '../sandbox/src/resource.ts';
import { resources } from '../sandbox/src/resources.ts';
import { StripeFault } from '../sandbox/src/wire/errors.ts';
import type { FormValue } from '../sandbox/src/wire/form.ts';
import { parseFields } from '../sandbox/src/wire/params.ts';
import { sdkEndpoints } from '../sandbox/src/wire/sdk-endpoints.ts';
import { unsupportedParams } from '../sandbox/src/wire/unsupported-params.ts';
import { paramsOf, type Shape } from './sdk-params.ts';

const target = join(import.meta.dirname, '../sandbox/src/wire/unsupported-params.ts');

/** A place among parameters: names, with '' for any element of a list. */
type Place = readonly string[];

/** `items[][price]`. */
function written([first = '', ...rest]: Place): string {
  return first + rest.map((name) => `[${name}]`).join('');
}

/** The parameters with a value at one place. */
function valueAt(place: Place, value: FormValue): FormValue {
  const [name, ...rest] = place;
  if (name === undefined) return value;
  const inner = valueAt(rest, value);
  return name === '' ? [inner] : { [name]: inner };
}

/** Parameters that are read otherwise than by name: an upload, and what is told by its `object`. */
const readOtherwise = new Set(['expand', 'external_account', 'file']);

function isMissing(route: Route, place: Place, shape: Shape): boolean {
  const value = shape.isList ? [] : shape.parts.size > 0 ? {} : 'x';
  try {
    parseFields(route.fields, valueAt(place, value) as Record<string, FormValue>);
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    if (error.status === 501) return true;
    const here = written(place.map((name) => (name === '' ? '0' : name)));
    return error.body.code === 'parameter_unknown' && error.body.param === here;
  }
  return false;
}

/** What is missing in a part of the parameters, the whole before its parts. */
function* missing(route: Route, shape: Shape, place: Place): Generator<string> {
  for (const [name, part] of shape.parts) {
    if (readOtherwise.has(name)) continue;
    const here = [...place, name];
    if (isMissing(route, here, part)) yield written(here);
    else yield* missing(route, part, part.isList ? [...here, ''] : here);
  }
}

const missingBy = Object.fromEntries(
  resources
    .flatMap((resource) => resource.routes ?? [])
    .flatMap((route): [string, string[]][] => {
      const endpoint = `${route.method} ${route.path.replaceAll(/:[a-z_]+/g, ':id')}`;
      const method = new Map(Object.entries(sdkEndpoints)).get(endpoint);
      const names = method === undefined ? [] : [...missing(route, paramsOf(method), [])];
      return names.length === 0 ? [] : [[endpoint, names.sort()]];
    })
    .sort(([one], [other]) => (one < other ? -1 : 1)),
);

if (!process.argv.includes('--check'))
  writeFileSync(
    target,
    `/**
 * Parameters that the official SDK has and the sandbox has not, by the endpoints that it answers otherwise.
 * Written by scripts/unsupported-params.ts and formatted by \`npm run format\`.
 */
export const unsupportedParams: Readonly<Record<string, readonly string[]>> = ${JSON.stringify(missingBy)};
`,
  );
else if (JSON.stringify(missingBy) !== JSON.stringify(unsupportedParams)) {
  console.error('sandbox/src/wire/unsupported-params.ts is out of date: run scripts/unsupported-params.ts');
  process.exitCode = 1;
}
