import { APICallError } from 'ai';
import { describe, expect, test } from 'vitest';
import { explainModelError } from './errors.ts';
import { readFailure } from './failure.ts';
import { ModelUnavailable } from './models.ts';

function refused(statusCode: number, body: unknown, responseHeaders?: Record<string, string>): APICallError {
  return new APICallError({
    message: 'refused',
    url: 'https://models.example.com/v1/chat',
    requestBodyValues: { messages: ['the customer’s secret'] },
    statusCode,
    responseBody: typeof body === 'string' ? body : JSON.stringify(body),
    responseHeaders,
  });
}

const anthropic = { provider: 'anthropic.messages', modelId: 'claude-opus-5-5' };

test('the words name the provider, the model and the setting', () => {
  expect(explainModelError(refused(401, ''), anthropic)).toEqual({
    code: 'bad_key',
    message: 'Anthropic does not accept the API key.',
    next: 'Set ANTHROPIC_API_KEY to a valid key and restart Purser.',
    retryable: false,
  });
});

test('a model that is not set up explains itself', () => {
  const error = new ModelUnavailable('model_not_configured', 'openai/gpt-6-astra', 'Set OPENAI_API_KEY.');
  expect(explainModelError(error)).toEqual({
    code: 'model_not_configured',
    message: 'Set OPENAI_API_KEY.',
    retryable: false,
  });
});

describe('what others say in their own way', () => {
  test.each([
    [
      'Azure’s filter',
      refused(400, {
        error: { code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } },
      }),
      'refused',
    ],
    [
      'llama.cpp’s context',
      refused(400, {
        error: {
          type: 'exceed_context_size_error',
          message: 'the request exceeds the available context size',
        },
      }),
      'context_too_long',
    ],
    ['a body too large', refused(413, '<html>'), 'context_too_long'],
    ['a gateway that waits', refused(504, '<html>'), 'provider_failed'],
    [
      'a certificate',
      Object.assign(new TypeError('fetch failed'), {
        cause: Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      }),
      'unreachable',
    ],
    [
      'a name that does not exist',
      Object.assign(new TypeError('fetch failed'), {
        cause: Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }),
      }),
      'unreachable',
    ],
    [
      'a torn socket',
      Object.assign(new TypeError('terminated'), {
        cause: Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }),
      }),
      'connection_lost',
    ],
    ['a stop', new DOMException('This operation was aborted', 'AbortError'), 'cancelled'],
    ['a time-out', new DOMException('The operation timed out', 'TimeoutError'), 'timeout'],
    [
      'a quota with a wait is a rate',
      refused(429, '{"error":{"message":"You exceeded your current quota","details":[{"retryDelay":"7s"}]}}'),
      'rate_limited',
    ],
  ])('%s', (_, error, code) => {
    expect(explainModelError(error, anthropic).code).toBe(code);
  });
});

test.each([
  undefined,
  null,
  0,
  '',
  'broken',
  {},
  { message: 7 },
  new Error(''),
  new Error('x', { cause: 'y' }),
])('anything at all is explained: %s', (error) => {
  const explained = explainModelError(error);
  expect(explained.message).toMatch(/^[A-Z].+/);
  expect(explained.message).not.toMatch(/undefined|\[object/);
  expect(explained.next).toBeTypeOf('string');
});

test('an error that is its own cause ends', () => {
  const error = new Error('round');
  error.cause = error;
  expect(explainModelError(error).code).toBe('model_failed');
});

test('what a provider said is shown short, on one line and without keys', () => {
  const error = new APICallError({
    message: `Bad field.\n Your key sk-proj-abcdefghijk123 and Bearer abc.def were ${'very '.repeat(200)}long`,
    url: 'https://models.example.com/v1',
    requestBodyValues: {},
    statusCode: 422,
  });
  const { code, message } = explainModelError(error, anthropic);
  expect(code).toBe('request_refused');
  expect(message).toMatch(/Bad field\. Your key \[key\] and Bearer \[key\] were very/);
  expect(message.length).toBeLessThan(400);
  expect(message).not.toContain('\n');
});

test.each([
  [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:30 GMT' }, 20_000],
  [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:01 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [undefined, undefined],
])('%o asks to wait %s ms', (headers, expected) => {
  expect(readFailure(refused(429, '', headers), () => 10_000).retryAfterMs).toBe(expected);
});

test('a wait is told in the unit people would use', () => {
  const next = (seconds: string) => explainModelError(refused(429, '', { 'retry-after': seconds })).next;
  expect(next('1')).toBe('Try again in a second.');
  expect(next('45')).toBe('Try again in 45 seconds.');
  expect(next('600')).toBe('Try again in 10 minutes.');
  expect(next('86400')).toBe('Try again in 24 hours.');
});
