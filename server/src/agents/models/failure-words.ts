import type { Failure } from './failure.ts';
import { type ProviderFacts, providerOf } from './providers.ts';
import type { RunError } from './types.ts';

/** Which model was asked; makes the words more exact. */
export interface AskedModel {
  /** The SDK's name for the provider (`openai.responses`) or ours (`openai`). */
  readonly provider: string;
  readonly modelId: string;
}

/** How to call the parties in a sentence. */
export interface Names {
  readonly provider: string;
  readonly model: string;
  readonly facts: ProviderFacts | undefined;
  /** `ANTHROPIC_API_KEY`. */
  readonly key: string;
  /** `ANTHROPIC_BASE_URL`. */
  readonly address: string;
}

export function speakOf(asked: AskedModel | undefined): Names {
  const facts = asked === undefined ? undefined : providerOf(asked.provider);
  return {
    facts,
    provider:
      facts === undefined
        ? 'The model provider'
        : facts.id === 'openai-compatible'
          ? 'The model server'
          : facts.name,
    model: asked?.modelId ?? 'the model',
    key: facts?.keyVariable ?? 'the API key',
    address: facts?.baseUrlVariable ?? 'the base URL',
  };
}

export interface Rule {
  when(failure: Failure): boolean;
  say(names: Names, failure: Failure): RunError;
}

const status =
  (...codes: number[]) =>
  (failure: Failure) =>
    failure.status !== undefined && codes.includes(failure.status);
const says = (pattern: RegExp) => (failure: Failure) => pattern.test(failure.text);

/** Tried in order: what a provider says in words goes before its status, which many use loosely. */
export const rules: readonly Rule[] = [
  {
    when: (failure) => failure.status === undefined && says(/\baborterror\b|operation was aborted/)(failure),
    say: () => ({ code: 'cancelled', message: 'The model call was stopped.', retryable: true }),
  },
  {
    when: (failure) =>
      status(402)(failure) ||
      says(
        /insufficient_quota|credit balance is too low|billing_error|billing_hard_limit|account is not active/,
      )(failure) ||
      (says(/exceeded your current quota/)(failure) && failure.retryAfterMs === undefined),
    say: (names) => ({
      code: 'quota_exceeded',
      message: `${names.provider} says that the account's credit or quota is used up.`,
      next: `Check plan, credit and limits ${names.facts?.billingUrl ? `at ${names.facts.billingUrl}` : 'with the provider'}, or choose another model for this agent.`,
      retryable: false,
    }),
  },
  {
    when: (failure) =>
      status(413)(failure) ||
      says(
        /context_length_exceeded|maximum context length|prompt is too long|exceeds? (the )?(model'?s )?(maximum )?(context|input)|input token count|context window|exceed_context_size|too many (input )?tokens|request_too_large/,
      )(failure),
    say: (names) => ({
      code: 'context_too_long',
      message: `This conversation has become too long for ${names.model}.`,
      next: 'Start a new thread, or choose a model with a larger context for this agent.',
      retryable: false,
    }),
  },
  {
    when: (failure) =>
      status(401)(failure) ||
      says(
        /api_key_invalid|api key not valid|invalid_api_key|incorrect api key|invalid x-api-key|authentication_error|unauthenticated/,
      )(failure),
    say: (names) => ({
      code: 'bad_key',
      message: `${names.provider} does not accept the API key.`,
      next: `Set ${names.key} to a valid key and restart Purser.`,
      retryable: false,
    }),
  },
  {
    when: (failure) =>
      status(404)(failure) ||
      says(/model_not_found|model .{1,200} (not found|does not exist)|not_found_error/)(failure),
    say: (names, failure) => ({
      code: 'model_not_found',
      message: `${names.provider} knows no model called ${names.model}, or the key may not use it.`,
      next: `Choose another model for this agent${failure.origin === undefined ? '' : `, or check that ${names.address} (now ${failure.origin}) is the right address`}.`,
      retryable: false,
    }),
  },
  {
    when: status(403),
    say: (names) => ({
      code: 'key_not_allowed',
      message: `${names.provider} accepts the API key, but it may not use ${names.model}.`,
      next: `Give the key of ${names.key} access to this model, or choose another model for this agent.`,
      retryable: false,
    }),
  },
  {
    when: (failure) =>
      status(429)(failure) || says(/rate_limit_(error|exceeded)|resource_exhausted/)(failure),
    say: (names, failure) => ({
      code: 'rate_limited',
      message: `${names.provider} is limiting how fast this key may ask.`,
      next:
        failure.retryAfterMs === undefined
          ? 'Try again in a minute.'
          : `Try again in ${inWords(failure.retryAfterMs)}.`,
      retryable: true,
    }),
  },
  {
    when: (failure) =>
      status(529, 503)(failure) || says(/overloaded|slow_down|server is busy|loading model/)(failure),
    say: (names) => ({
      code: 'overloaded',
      message: `${names.provider} is overloaded at the moment.`,
      next: 'Try again in a minute, or choose another model for this agent.',
      retryable: true,
    }),
  },
  {
    when: says(
      /content_filter|content_policy|responsibleaipolicy|flagged as potentially|safety_violations|blocked by .{0,40}safety/,
    ),
    say: (names) => answers.refused(names),
  },
  {
    when: (failure) =>
      (failure.status ?? 0) >= 500 ||
      status(408, 409)(failure) ||
      (failure.status === undefined && says(/api_error|server_error|internal_error/)(failure)),
    say: (names, failure) => ({
      code: 'provider_failed',
      message: `${names.provider} had an error of its own${failure.status === undefined ? '' : ` (${failure.status})`}.`,
      next: 'Try again. If it stays, see the provider’s status page or choose another model.',
      retryable: true,
    }),
  },
  {
    when: (failure) => failure.status !== undefined && failure.status >= 400,
    say: (names, failure) => ({
      code: 'request_refused',
      message: `${names.provider} refused the request${failure.said === '' ? '' : `: ${failure.said}`}`,
      next: 'Choose another model for this agent, or start a new thread.',
      retryable: false,
    }),
  },
  {
    when: (failure) =>
      /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|.*SELF_SIGNED|UNABLE_TO_)/.test(
        failure.network ?? '',
      ),
    say: (names, failure) => ({
      code: 'unreachable',
      message: `${names.provider} cannot be reached${failure.origin === undefined ? '' : ` at ${failure.origin}`} (${failure.network}).`,
      next: `Check the network${names.facts === undefined ? '' : ` and, if it is set, ${names.address}`}. If it is a server of your own, see that it runs.`,
      retryable: true,
    }),
  },
  {
    when: (failure) =>
      says(/timeouterror|timed out|etimedout|headers_timeout|body_timeout|headers timeout/)(failure),
    say: (names) => answers.silent(names),
  },
  {
    when: (failure) =>
      failure.network !== undefined ||
      says(/\bterminated\b|socket hang up|other side closed|fetch failed|without a finish reason/)(failure),
    say: (names) => answers.cut(names),
  },
  {
    when: says(
      /json ?parse|jsonparseerror|typevalidation|type validation|invalidresponsedata|emptyresponsebody|invalid json|nooutputgenerated|invalidstreampart/,
    ),
    say: (names, failure) => ({
      code: 'malformed_answer',
      message: `${names.provider} answered with something that could not be read.`,
      next: `Try again${failure.origin === undefined ? '' : `; if it stays, check that ${failure.origin} speaks the ${names.facts?.name ?? 'right'} protocol`}.`,
      retryable: true,
    }),
  },
];

export const unexpected: Rule = {
  when: () => true,
  say: (names, failure) => ({
    code: 'model_failed',
    message: `The call to ${names.model} failed${failure.said === '' ? '.' : `: ${failure.said}`}`,
    next: 'Try again, or choose another model for this agent.',
    retryable: true,
  }),
};

export const answers = {
  refused: (names: Names): RunError => ({
    code: 'refused',
    message: `${names.provider}'s safety filter declined this request.`,
    next: 'Say it in other words, or choose another model for this agent.',
    retryable: false,
  }),
  empty_answer: (names: Names): RunError => ({
    code: 'empty_answer',
    message: `The answer of ${names.model} was empty.`,
    next: 'Try again, or say it in other words.',
    retryable: true,
  }),
  too_long: (names: Names): RunError => ({
    code: 'answer_too_long',
    message: `${names.model} reached its length limit before it answered.`,
    next: 'Ask for less at once, or choose another model for this agent.',
    retryable: true,
  }),
  malformed: (names: Names): RunError => ({
    code: 'malformed_answer',
    message: `${names.provider} answered with something that could not be read.`,
    next: 'Try again, or choose another model for this agent.',
    retryable: true,
  }),
  cut: (names: Names): RunError => ({
    code: 'connection_lost',
    message: `The connection to ${lower(names.provider)} broke in the middle of the answer.`,
    next: 'Try again.',
    retryable: true,
  }),
  silent: (names: Names): RunError => ({
    code: 'timeout',
    message: `${names.provider} did not answer in time.`,
    next: 'Try again, or choose a faster model for this agent.',
    retryable: true,
  }),
} as const;

function lower(provider: string): string {
  return provider.startsWith('The ') ? `the ${provider.slice(4)}` : provider;
}

function inWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 90) return seconds === 1 ? 'a second' : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
