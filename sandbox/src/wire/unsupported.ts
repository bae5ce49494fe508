import { unsupportedParams } from './unsupported-params.ts';

/** Whether the official SDK has this parameter, for an endpoint that has not: `items[0][price]`. */
export function isOfficial(route: { readonly method: string; readonly path: string }, name: string): boolean {
  const endpoint = `${route.method} ${route.path.replaceAll(/:[a-z_]+/g, ':id')}`;
  const names = Object.hasOwn(unsupportedParams, endpoint) ? unsupportedParams[endpoint] : undefined;
  return names?.includes(name.replaceAll(/\[\d+\]/g, '[]')) ?? false;
}
