import { z } from 'zod';
import { type Json, type Tool, ToolError } from '../../../tools/tool.ts';
import { type Desk, stripeRead } from '../stripe-tool.ts';

/** Stripe's own search of its documentation, as Stripe's agent toolkit asks it. */
const searchUrl = 'https://ai.stripe.com/search';
const timeoutMs = 15_000;
const mostSources = 5;
const mostCharacters = 1_500;

const answerSchema = z.object({ sources: z.array(z.unknown()).nullish() });
const sourceSchema = z.object({
  title: z.string().nullish(),
  url: z.string().nullish(),
  type: z.string().nullish(),
  content: z.string().nullish(),
  text: z.string().nullish(),
  snippet: z.string().nullish(),
});

function unavailable(cause: unknown): ToolError {
  return new ToolError('documentation_unavailable', 'Stripe’s documentation could not be searched.', {
    next: 'Check that this machine reaches the internet; https://docs.stripe.com has the same pages.',
    cause,
  });
}

async function ask(url: string, question: string, signal: AbortSignal | undefined): Promise<unknown[]> {
  const limit = AbortSignal.timeout(timeoutMs);
  let body: unknown;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-requested-with': 'fetch', 'user-agent': 'Purser' },
      body: JSON.stringify({ question, language: null }),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    if (!response.ok) throw new Error(`It answered ${response.status}.`);
    body = await response.json();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw unavailable(error);
  }
  const parsed = answerSchema.safeParse(body);
  if (!parsed.success) throw unavailable(parsed.error);
  return parsed.data.sources ?? [];
}

function rowOf(source: unknown): Json[] {
  const parsed = sourceSchema.safeParse(source);
  if (!parsed.success) return [];
  const { title, url, content, text, snippet } = parsed.data;
  const said = (content ?? text ?? snippet ?? '').slice(0, mostCharacters);
  if (!url && !said) return [];
  return [{ ...(title && { title }), ...(url && { url }), ...(said && { text: said }) }];
}

/** The one tool that asks somebody else than the account. Nothing of the account is sent: the question alone. */
export function documentationTools(desk: Desk): Tool[] {
  return [
    stripeRead(desk, {
      name: 'search_stripe_documentation',
      title: 'Search Stripe’s documentation',
      description:
        'Searches docs.stripe.com for how Stripe works: what a setting does, which countries or methods are supported. Put no names or figures of the business into the question. Needs the internet, and is off until an owner allows it by name.',
      offByDefault: true,
      input: z.strictObject({
        question: z
          .string()
          .min(3)
          .max(300)
          .describe('The question, in English: "When are payouts delayed?"'),
      }),
      permissions: [],
      words: {
        action: 'search',
        object: 'documentation',
        synonyms: ['stripe docs', 'stripe documentation'],
      },
      async read({ question }, _api, { signal }) {
        const sources = await ask(desk.documentationUrl ?? searchUrl, question, signal);
        const data = sources.slice(0, mostSources).flatMap(rowOf);
        return {
          view: { object: 'list', of: 'documentation', data, seen: sources.length },
          record: sources,
          summary:
            data.length === 0 ? 'Found nothing in Stripe’s documentation' : `Found ${data.length} pages`,
        };
      },
    }),
  ];
}
