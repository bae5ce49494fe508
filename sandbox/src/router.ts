import type { Route } from './resource.ts';

/** A route and the parameters of the address that led to it. */
export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** One step of an address: what may come next, and the route that ends here. */
interface Step {
  readonly fixed: Map<string, Step>;
  any: Step | null;
  route: Route | null;
  /** Names of the parameters on the way, for the route that ends here. */
  names: readonly string[];
}

/** Finds the route of a method and an address. Words win over parameters: `/v1/customers/search` is no customer. */
export function createRouter(routes: readonly Route[]) {
  const roots = new Map<string, Step>();
  for (const route of routes) add(roots, route);
  return (method: string, path: string): Match | null => {
    const root = roots.get(method);
    if (!root) return null;
    const values: string[] = [];
    const end = walk(root, path, 1, values);
    if (!end?.route) return null;
    return { route: end.route, params: named(end.names, values) };
  };
}

function add(roots: Map<string, Step>, route: Route): void {
  let step = roots.get(route.method) ?? newStep();
  roots.set(route.method, step);
  const names: string[] = [];
  for (const part of route.path.slice(1).split('/')) {
    if (part.startsWith(':')) {
      names.push(part.slice(1));
      step.any ??= newStep();
      step = step.any;
    } else {
      const next = step.fixed.get(part) ?? newStep();
      step.fixed.set(part, next);
      step = next;
    }
  }
  // Of two routes at one address, the first is meant, as where routes are tried in order.
  if (step.route) return;
  step.route = route;
  step.names = names;
}

function newStep(): Step {
  return { fixed: new Map(), any: null, route: null, names: [] };
}

/** Goes on from the part of the path that begins at `at`; backs out of a word that leads nowhere. */
function walk(step: Step, path: string, at: number, values: string[]): Step | null {
  if (at > path.length) return step.route ? step : null;
  const slash = path.indexOf('/', at);
  const end = slash < 0 ? path.length : slash;
  const part = path.slice(at, end);
  const fixed = step.fixed.get(part);
  const found = fixed && walk(fixed, path, end + 1, values);
  if (found || !step.any || part === '') return found ?? null;
  values.push(part);
  const through = walk(step.any, path, end + 1, values);
  if (!through) values.pop();
  return through;
}

function named(names: readonly string[], values: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  names.forEach((name, at) => {
    params[name] = decoded(values[at] ?? '');
  });
  return params;
}

function decoded(part: string): string {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
