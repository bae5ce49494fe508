import {
  argumentPieces,
  type Body,
  bodiesIn,
  type FakeAnswer,
  type FakeFailure,
  type FakeRequest,
  type Protocol,
  type Refusal,
  sse,
} from './protocol.ts';

/** Anthropic's Messages API: https://docs.anthropic.com/en/api/messages-streaming */
export const anthropicMessages: Protocol = {
  basePath: '/v1',
  apiKey: 'sk-ant-fake-key',
  check,
  opening: (answer, request) => events(answer, request).slice(0, -3),
  events,
  failures: {
    'bad key': failure(401, 'authentication_error', 'invalid x-api-key'),
    'key not allowed': failure(
      403,
      'permission_error',
      'Your API key does not have permission to use the specified resource.',
    ),
    'unknown model': failure(404, 'not_found_error', 'model: claude-none'),
    'rate limit': failure(
      429,
      'rate_limit_error',
      'This request would exceed your organization’s rate limit of 50 requests per minute.',
    ),
    'quota used up': failure(
      400,
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
    ),
    overloaded: failure(529, 'overloaded_error', 'Overloaded'),
    'server error': failure(500, 'api_error', 'Internal server error'),
    'context too long': failure(
      400,
      'invalid_request_error',
      'prompt is too long: 205003 tokens > 200000 maximum',
    ),
    'bad request': failure(400, 'invalid_request_error', 'tools.0.name: String should match pattern'),
  },
  midwayFailure: (kind: FakeFailure) => [typed(anthropicMessages.failures[kind].body as Body)],
};

function failure(status: number, type: string, message: string): Refusal {
  return { status, body: { type: 'error', error: { type, message }, request_id: 'req_fake' } };
}

function typed(data: Body): string {
  return sse(data, String(data.type));
}

function check({ method, path, headers, body }: FakeRequest): Refusal | undefined {
  if (method !== 'POST' || path !== '/v1/messages')
    return failure(404, 'not_found_error', `Not found: ${path}`);
  if (headers['x-api-key'] !== anthropicMessages.apiKey) return anthropicMessages.failures['bad key'];
  if (headers['anthropic-version'] === undefined) return bad('anthropic-version: header is required');
  if (typeof body.max_tokens !== 'number') return bad('max_tokens: Field required');
  const messages = bodiesIn(body.messages);
  for (const [i, message] of messages.entries()) {
    const asked = bodiesIn(message.content).filter((block) => block.type === 'tool_use');
    const ids = asked.map((block) => block.id);
    if (new Set(ids).size < ids.length) return bad('`tool_use` ids must be unique');
    if (ids.some((id) => !/^[a-zA-Z0-9_-]+$/.test(String(id))))
      return bad('tool_use.id: String should match pattern');
    if (asked.some((block) => typeof block.input !== 'object'))
      return bad('tool_use.input: Input should be an object');
    const answered = bodiesIn(messages[i + 1]?.content).map((block) => block.tool_use_id);
    const open = ids.find((id) => !answered.includes(id));
    if (open !== undefined)
      return bad(`\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open}`);
  }
  return undefined;
}

function bad(message: string): Refusal {
  return failure(400, 'invalid_request_error', message);
}

function events(answer: FakeAnswer, { body }: FakeRequest): string[] {
  const blocks = blocksOf(answer);
  const usage = {
    input_tokens: 25,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 5,
    output_tokens: 1,
  };
  const message = {
    id: 'msg_fake',
    type: 'message',
    role: 'assistant',
    model: body.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  const finish = answer.finish ?? ((answer.calls ?? []).length > 0 ? 'tool_use' : 'end_turn');
  return [
    typed({ type: 'message_start', message }),
    typed({ type: 'ping' }),
    ...blocks.flatMap(({ start, deltas }, index) => [
      typed({ type: 'content_block_start', index, content_block: start }),
      ...deltas.map((delta) => typed({ type: 'content_block_delta', index, delta })),
      typed({ type: 'content_block_stop', index }),
    ]),
    typed({
      type: 'message_delta',
      delta: { stop_reason: finish, stop_sequence: null },
      usage: { output_tokens: 15 },
    }),
    typed({ type: 'message_stop' }),
  ];
}

function blocksOf({ reasoning, text, calls }: FakeAnswer): { start: Body; deltas: Body[] }[] {
  const blocks: { start: Body; deltas: Body[] }[] = [];
  if (reasoning !== undefined) {
    blocks.push({
      start: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        { type: 'thinking_delta', thinking: reasoning.text },
        { type: 'signature_delta', signature: reasoning.signature },
      ],
    });
  }
  if (text !== undefined) {
    blocks.push({
      start: { type: 'text', text: '' },
      deltas: text.map((piece) => ({ type: 'text_delta', text: piece })),
    });
  }
  for (const [i, call] of (calls ?? []).entries()) {
    blocks.push({
      start: { type: 'tool_use', id: call.id ?? `toolu_fake${i}`, name: call.name, input: {} },
      deltas: ['', ...argumentPieces(call)].map((piece) => ({
        type: 'input_json_delta',
        partial_json: piece,
      })),
    });
  }
  return blocks;
}
