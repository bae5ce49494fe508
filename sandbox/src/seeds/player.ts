import type { Account } from '../account.ts';
import type { Method, Route } from '../resource.ts';
import { runRoute } from '../serve.ts';
import { Asking } from '../webhooks/asking.ts';
import { StripeFault } from '../wire/errors.ts';
import type { Expansions } from '../wire/expand.ts';
import type { FormMap, FormValue } from '../wire/form.ts';
import { parseFields } from '../wire/params.ts';
import { apiVersion } from '../wire/version.ts';
import type { Player, PlayerParam, PlayerParams } from './seed.ts';

/** Calls one endpoint on an account, with parameters as a form decodes to. Throws as a request would fail. */
export type Caller = (
  account: Account,
  request: {
    readonly method: Method;
    readonly path: string;
    readonly form: FormMap;
    readonly version: string;
  },
) => unknown;

/** Calls endpoints without HTTP and without waiting for the disk. */
export function createCaller(routes: readonly Route[], expansions: Expansions): Caller {
  const table = routes.map((route) => ({ route, steps: route.path.split('/') }));

  return (account, { method, path, form, version }) => {
    const steps = path.split('/');
    const hit = table.find(
      (row) =>
        row.route.method === method &&
        row.steps.length === steps.length &&
        row.steps.every((step, at) => step.startsWith(':') || step === steps[at]),
    );
    if (!hit)
      throw new StripeFault(404, { type: 'invalid_request_error', message: `No route ${method} ${path}` });
    const pathParams = Object.fromEntries(
      hit.steps.flatMap((step, at) => (step.startsWith(':') ? [[step.slice(1), steps[at] ?? '']] : [])),
    );
    const parsed = parseFields(hit.route.fields, form, '', version);
    const incoming = {
      account,
      route: hit.route,
      path,
      pathParams,
      upload: null,
      mayRead: () => {},
      version,
    };
    return account.transact(() => {
      const made = runRoute(incoming, parsed, expansions);
      // Nobody outside can be asked here.
      return made instanceof Asking ? made.settle({ kind: 'failed' }) : made;
    });
  };
}

/** The endpoints of one account, in today's version. */
export function createPlayer(account: Account, routes: readonly Route[], expansions: Expansions): Player {
  const call = createCaller(routes, expansions);
  const play = <T>(method: Method, path: string, params: PlayerParams = {}) =>
    call(account, { method, path, form: formOf(params) as FormMap, version: apiVersion }) as T;
  return {
    get: (path, params) => play('GET', path, params),
    post: (path, params) => play('POST', path, params),
    delete: (path, params) => play('DELETE', path, params),
  };
}

function formOf(value: PlayerParam | readonly PlayerParam[]): FormValue {
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return value.map(formOf);
  const form: FormMap = {};
  for (const [name, item] of Object.entries(value)) if (item !== undefined) form[name] = formOf(item);
  return form;
}

function isList(value: PlayerParams | readonly PlayerParam[]): value is readonly PlayerParam[] {
  return Array.isArray(value);
}
