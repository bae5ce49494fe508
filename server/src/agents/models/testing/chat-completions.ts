import {
  argumentPieces,
  type Body,
  bodiesIn,
  type FakeAnswer,
  type FakeRequest,
  type Protocol,
  type Refusal,
  sse,
} from './protocol.ts';

/** Chat completions, as Ollama, vLLM and many others serve them. */
export const chatCompletions: Protocol = {
  basePath: '/v1',
  apiKey: 'local-fake-key',
  check,
  opening: (answer, request) => events(answer, request).slice(0, -3),
  events,
  failures: {
    'bad key': failure(401, 'Unauthorized', 'invalid_request_error', null),
    'key not allowed': failure(403, 'Forbidden', 'invalid_request_error', null),
    'unknown model': failure(404, 'model "none" not found, try pulling it first', 'api_error', null),
    'rate limit': failure(429, 'Too many requests', 'rate_limit_error', null),
    'quota used up': failure(402, 'Insufficient credits', 'payment_required', null),
    overloaded: failure(503, 'Loading model', 'unavailable_error', null),
    'server error': failure(500, 'llama runner process has terminated', 'api_error', null),
    'context too long': failure(
      400,
      "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.",
      'BadRequestError',
      null,
    ),
    'bad request': failure(400, 'registry.ollama.ai/library/tiny does not support tools', 'api_error', null),
  },
  midwayFailure: (kind) => [sse(chatCompletions.failures[kind].body)],
};

function failure(status: number, message: string, type: string, code: string | null): Refusal {
  return { status, body: { error: { message, type, param: null, code } } };
}

function check({ method, path, headers, body }: FakeRequest): Refusal | undefined {
  if (method !== 'POST' || path !== '/v1/chat/completions')
    return { status: 404, body: '<html>404 page not found</html>' };
  if (headers.authorization !== `Bearer ${chatCompletions.apiKey}`)
    return chatCompletions.failures['bad key'];
  const messages = bodiesIn(body.messages);
  const asked = messages.flatMap((message) => bodiesIn(message.tool_calls).map((call) => call.id));
  const answered = messages
    .filter((message) => message.role === 'tool')
    .map((message) => message.tool_call_id);
  const open = asked.find((id) => !answered.includes(id));
  return open === undefined
    ? undefined
    : failure(400, `tool_call_id ${open} has no response message`, 'BadRequestError', null);
}

function events({ reasoning, text, calls, finish }: FakeAnswer, { body }: FakeRequest): string[] {
  const chunk = (more: Body) =>
    sse({
      id: 'chatcmpl-fake',
      object: 'chat.completion.chunk',
      created: 1_790_000_000,
      model: body.model,
      ...more,
    });
  const delta = (value: Body) => chunk({ choices: [{ index: 0, delta: value, finish_reason: null }] });
  const reason = finish ?? ((calls ?? []).length > 0 ? 'tool_calls' : 'stop');
  return [
    delta({ role: 'assistant', content: '' }),
    ...(reasoning === undefined ? [] : [delta({ reasoning_content: reasoning.text })]),
    ...(text ?? []).map((content) => delta({ content })),
    ...(calls ?? []).flatMap((call, index) => [
      delta({
        tool_calls: [
          {
            index,
            id: call.id ?? `call_${index}`,
            type: 'function',
            function: { name: call.name, arguments: '' },
          },
        ],
      }),
      ...argumentPieces(call).map((piece) =>
        delta({ tool_calls: [{ index, function: { arguments: piece } }] }),
      ),
    ]),
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: reason }] }),
    chunk({
      choices: [],
      usage: {
        prompt_tokens: 25,
        completion_tokens: 15,
        total_tokens: 40,
        prompt_tokens_details: { cached_tokens: 5 },
        completion_tokens_details: { reasoning_tokens: 4 },
      },
    }),
    sse('[DONE]'),
  ];
}
