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

/** OpenAI's Responses API: https://platform.openai.com/docs/api-reference/responses-streaming */
export const openaiResponses: Protocol = {
  basePath: '/v1',
  apiKey: 'sk-fake-openai-key',
  check,
  opening: (answer, request) => events(answer, request).slice(0, -1),
  events,
  failures: {
    'bad key': failure(
      401,
      'Incorrect API key provided: sk-wrong*****************0000. You can find your API key at https://platform.openai.com/account/api-keys.',
      'invalid_request_error',
      'invalid_api_key',
    ),
    'key not allowed': failure(
      403,
      'You have insufficient permissions for this operation. Missing scopes: api.responses.write.',
      'invalid_request_error',
      'missing_scope',
    ),
    'unknown model': failure(
      400,
      "The requested model 'gpt-none' does not exist.",
      'invalid_request_error',
      'model_not_found',
    ),
    'rate limit': failure(
      429,
      'Rate limit reached for gpt-6-astra in organization org-x on requests per min (RPM): Limit 3, Used 3.',
      'requests',
      'rate_limit_exceeded',
    ),
    'quota used up': failure(
      429,
      'You exceeded your current quota, please check your plan and billing details.',
      'insufficient_quota',
      'insufficient_quota',
    ),
    overloaded: failure(
      503,
      'The engine is currently overloaded, please try again later',
      'server_error',
      null,
    ),
    'server error': failure(
      500,
      'The server had an error while processing your request. Sorry about that!',
      'server_error',
      null,
    ),
    'context too long': failure(
      400,
      'Your input exceeds the context window of this model. Please adjust your input and try again.',
      'invalid_request_error',
      'context_length_exceeded',
    ),
    'bad request': failure(
      400,
      "Invalid 'tools[0].name': string does not match pattern.",
      'invalid_request_error',
      'invalid_value',
    ),
  },
  midwayFailure(kind) {
    const { body } = openaiResponses.failures[kind];
    const { message, code, type } = (body as { error: Body }).error;
    const error = { code: code ?? type, message };
    return [
      sse(
        {
          type: 'response.failed',
          sequence_number: 99,
          response: { id: 'resp_fake', status: 'failed', error, incomplete_details: null, usage: null },
        },
        'response.failed',
      ),
    ];
  },
};

function failure(status: number, message: string, type: string, code: string | null): Refusal {
  return { status, body: { error: { message, type, param: null, code } } };
}

function check({ method, path, headers, body }: FakeRequest): Refusal | undefined {
  if (method !== 'POST' || path !== '/v1/responses')
    return failure(404, `Invalid URL (${method} ${path})`, 'invalid_request_error', null);
  if (headers.authorization !== `Bearer ${openaiResponses.apiKey}`)
    return openaiResponses.failures['bad key'];
  const input = bodiesIn(body.input);
  const outputs = input.filter((item) => item.type === 'function_call_output').map((item) => item.call_id);
  const calls = input.filter((item) => item.type === 'function_call');
  const open = calls.find((item) => !outputs.includes(item.call_id));
  if (open !== undefined)
    return failure(
      400,
      `No tool output found for function call ${open.call_id}.`,
      'invalid_request_error',
      null,
    );
  const stray = outputs.find((id) => !calls.some((item) => item.call_id === id));
  if (stray !== undefined)
    return failure(
      400,
      `No tool call found for function call output with call_id ${stray}.`,
      'invalid_request_error',
      null,
    );
  if (body.store === false && input.some((item) => item.type === 'item_reference')) {
    return failure(
      404,
      'Items are not persisted when `store` is set to false.',
      'invalid_request_error',
      null,
    );
  }
  return undefined;
}

function events(answer: FakeAnswer, { body }: FakeRequest): string[] {
  const response = {
    id: 'resp_fake',
    object: 'response',
    created_at: 1_790_000_000,
    model: body.model,
    output: [],
  };
  const out: Body[] = [
    { type: 'response.created', response: { ...response, status: 'in_progress' } },
    { type: 'response.in_progress', response: { ...response, status: 'in_progress' } },
    ...itemsOf(answer).flatMap((item, output_index) => item.map((event) => ({ ...event, output_index }))),
  ];
  const usage = {
    input_tokens: 25,
    input_tokens_details: { cached_tokens: 5 },
    output_tokens: 15,
    output_tokens_details: { reasoning_tokens: 4 },
    total_tokens: 40,
  };
  const incomplete = answer.finish === undefined ? null : { reason: answer.finish };
  const type = incomplete === null ? 'response.completed' : 'response.incomplete';
  const status = incomplete === null ? 'completed' : 'incomplete';
  out.push({ type, response: { ...response, status, incomplete_details: incomplete, usage } });
  return out.map((event, sequence_number) => sse({ ...event, sequence_number }, String(event.type)));
}

function itemsOf({ reasoning, text, calls }: FakeAnswer): Body[][] {
  const items: Body[][] = [];
  if (reasoning !== undefined) {
    const item = { id: 'rs_fake', type: 'reasoning', summary: [] };
    items.push([
      { type: 'response.output_item.added', item: { ...item, encrypted_content: null } },
      { type: 'response.output_item.done', item: { ...item, encrypted_content: reasoning.signature } },
    ]);
  }
  if (text !== undefined) items.push(messageEvents(text));
  for (const [i, call] of (calls ?? []).entries()) {
    const pieces = argumentPieces(call);
    const item = {
      id: `fc_fake${i}`,
      type: 'function_call',
      call_id: call.id ?? `call_fake${i}`,
      name: call.name,
    };
    items.push([
      { type: 'response.output_item.added', item: { ...item, status: 'in_progress', arguments: '' } },
      ...pieces.map((delta) => ({ type: 'response.function_call_arguments.delta', item_id: item.id, delta })),
      { type: 'response.function_call_arguments.done', item_id: item.id, arguments: pieces.join('') },
      {
        type: 'response.output_item.done',
        item: { ...item, status: 'completed', arguments: pieces.join('') },
      },
    ]);
  }
  return items;
}

function messageEvents(text: readonly string[]): Body[] {
  const item = { id: 'msg_fake', type: 'message', role: 'assistant' };
  const whole = { type: 'output_text', text: text.join(''), annotations: [] };
  const at = { item_id: item.id, content_index: 0 };
  return [
    { type: 'response.output_item.added', item: { ...item, status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', ...at, part: { ...whole, text: '' } },
    ...text.map((delta) => ({ type: 'response.output_text.delta', ...at, delta })),
    { type: 'response.output_text.done', ...at, text: whole.text },
    { type: 'response.content_part.done', ...at, part: whole },
    { type: 'response.output_item.done', item: { ...item, status: 'completed', content: [whole] } },
  ];
}
