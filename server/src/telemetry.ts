/**
 * What is measured: spans for OpenTelemetry, where somebody listens, and numbers for Prometheus. Names and ids only, never
 * a text of a person, a model or Stripe.
 */
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** Everything this process counts. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry, prefix: 'purser_' });

const seconds = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 30, 120, 600];

const steps = new Histogram({
  name: 'purser_step_seconds',
  help: 'Turns, model calls, tool calls and requests to Stripe, by name and how they ended',
  labelNames: ['kind', 'name', 'outcome'],
  buckets: seconds,
  registers: [registry],
});

const requests = new Histogram({
  name: 'purser_http_request_seconds',
  help: 'Requests to Purser, by route; until the first byte of an answer that streams',
  labelNames: ['method', 'route', 'status'],
  buckets: seconds,
  registers: [registry],
});

const chores = new Counter({
  name: 'purser_chore_failures_total',
  help: 'Rounds of background work that failed and will be tried again',
  labelNames: ['chore'],
  registers: [registry],
});

/** What a step is; each has spans and a histogram of its own. */
export type StepKind = 'turn' | 'model' | 'tool' | 'stripe';

const tracer = () => trace.getTracer('purser');
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');
const since = (start: number): number => (performance.now() - start) / 1000;

/** Does `work` as a step that is seen. `name` is one of few: a model, a tool, a method and the first part of a path. */
export async function observed<T>(
  kind: StepKind,
  name: string,
  attributes: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  const options = { attributes, kind: kind === 'stripe' ? SpanKind.CLIENT : SpanKind.INTERNAL };
  return tracer().startActiveSpan(`${kind} ${name}`, options, async (span) => {
    let outcome = 'ok';
    try {
      return await work();
    } catch (error) {
      outcome = 'failed';
      // The name alone: a message may quote what nobody else should read.
      span.setStatus({ code: SpanStatusCode.ERROR, message: nameOf(error) });
      throw error;
    } finally {
      span.end();
      steps.observe({ kind, name, outcome }, since(start));
    }
  });
}

/** A request to Purser: `work` answers its route's pattern and status. */
export async function observedRequest(
  method: string,
  requestId: string,
  work: () => Promise<{ route: string; status: number }>,
): Promise<void> {
  const start = performance.now();
  const options = { kind: SpanKind.SERVER, attributes: { 'purser.request_id': requestId } };
  await tracer().startActiveSpan(method, options, async (span) => {
    const { route, status } = await work();
    span.updateName(`${method} ${route}`);
    span.setAttributes({
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
    });
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    requests.observe({ method, route, status: String(status) }, since(start));
  });
}

export const choreFailed = (chore: string): void => chores.inc({ chore });
