import { sdkEndpoints } from './sdk-endpoints.ts';

interface KnownEndpoint {
  readonly method: string;
  readonly steps: readonly string[];
}

/** Every endpoint of the official SDK, so that what Stripe has and the sandbox has not is told from what does not exist. */
const known: readonly KnownEndpoint[] = Object.keys(sdkEndpoints).map((endpoint) => {
  const [method = '', path = ''] = endpoint.split(' ');
  return { method, steps: path.split('/') };
});

/** Whether Stripe has this endpoint. */
export function isKnownEndpoint(method: string, path: string): boolean {
  const steps = path.split('/');
  return known.some(
    (endpoint) =>
      endpoint.method === method &&
      endpoint.steps.length === steps.length &&
      endpoint.steps.every((step, at) => step === steps[at] || (step === ':id' && steps[at] !== '')),
  );
}
