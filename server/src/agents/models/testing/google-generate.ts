import {
  type Body,
  bodiesIn,
  type FakeAnswer,
  type FakeRequest,
  type Protocol,
  type Refusal,
  sse,
} from './protocol.ts';

/** Google's streamGenerateContent with `alt=sse`: https://ai.google.dev/api/generate-content */
export const googleGenerate: Protocol = {
  basePath: '/v1beta',
  apiKey: 'AIza-fake-google-key',
  check,
  opening: (answer, request) => events(answer, request).slice(0, -1),
  events,
  failures: {
    'bad key': failure(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
    }),
    'key not allowed': failure(403, 'PERMISSION_DENIED', 'The caller does not have permission'),
    'unknown model': failure(
      404,
      'NOT_FOUND',
      'models/gemini-none is not found for API version v1beta, or is not supported for generateContent.',
    ),
    'rate limit': failure(
      429,
      'RESOURCE_EXHAUSTED',
      'You exceeded your current quota, please check your plan and billing details.',
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.02s' },
    ),
    'quota used up': failure(
      429,
      'RESOURCE_EXHAUSTED',
      'You exceeded your current quota, please check your plan and billing details.',
    ),
    overloaded: failure(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
    'server error': failure(500, 'INTERNAL', 'An internal error has occurred.'),
    'context too long': failure(
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    ),
    'bad request': failure(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received. Unknown name "foo".'),
  },
  midwayFailure: (kind) => [sse(googleGenerate.failures[kind].body)],
};

function failure(code: number, status: string, message: string, detail?: Body): Refusal {
  return {
    status: code,
    body: { error: { code, message, status, details: detail === undefined ? [] : [detail] } },
  };
}

function check({ method, path, headers, body }: FakeRequest): Refusal | undefined {
  if (method !== 'POST' || !/^\/v1beta\/models\/[\w.-]+:streamGenerateContent\?alt=sse$/.test(path)) {
    return failure(404, 'NOT_FOUND', `Not found: ${path}`);
  }
  if (headers['x-goog-api-key'] !== googleGenerate.apiKey) return googleGenerate.failures['bad key'];
  const contents = bodiesIn(body.contents);
  for (const [i, content] of contents.entries()) {
    const asked = bodiesIn(content.parts).filter((part) => part.functionCall !== undefined);
    const answered = bodiesIn(contents[i + 1]?.parts).filter((part) => part.functionResponse !== undefined);
    if (content.role === 'model' && asked.length !== answered.length) {
      return failure(
        400,
        'INVALID_ARGUMENT',
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      );
    }
  }
  return undefined;
}

function events({ reasoning, text, calls, finish }: FakeAnswer, request: FakeRequest): string[] {
  const thoughtSignature = reasoning?.signature;
  const parts: Body[] = [];
  if (reasoning !== undefined) parts.push({ text: reasoning.text, thought: true });
  parts.push(...(text ?? []).map((piece) => ({ text: piece })));
  for (const [i, { id, name, input }] of (calls ?? []).entries()) {
    // Google signs the first call of a step; the arguments always come whole.
    const signed = i === 0 && thoughtSignature !== undefined ? { thoughtSignature } : {};
    parts.push({ functionCall: { name, args: input, ...(id === undefined ? {} : { id }) }, ...signed });
  }
  const usageMetadata = {
    promptTokenCount: 25,
    cachedContentTokenCount: 5,
    candidatesTokenCount: 11,
    thoughtsTokenCount: 4,
    totalTokenCount: 40,
  };
  const modelVersion = /models\/([^:]+)/.exec(request.path)?.[1];
  const chunk = (candidate: Body) =>
    sse({ candidates: [{ ...candidate, index: 0 }], usageMetadata, modelVersion, responseId: 'fake' });
  return [
    ...parts.map((part) => chunk({ content: { role: 'model', parts: [part] } })),
    chunk({ content: { role: 'model', parts: [{ text: '' }] }, finishReason: finish ?? 'STOP' }),
  ];
}
