import { sdkEndpoints } from './sdk-endpoints.ts';

interface KnownEndpoint {
  readonly method: string;
  readonly steps: readonly string[];
}

/** What Stripe has in preview, which the SDK does not know (docs.stripe.com/data/api/query-runs). */
const previews = ['GET /v2/data/query_runs', 'GET /v2/data/query_runs/:id', 'POST /v2/data/query_runs'];

/** Every endpoint of the official SDK, so that what Stripe has and the sandbox has not is told from what does not exist. */
const known: readonly KnownEndpoint[] = [...Object.keys(sdkEndpoints), ...previews].map((endpoint) => {
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
