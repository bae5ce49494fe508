import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FunctionTool,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolCallPart,
} from '@ai-sdk/provider';
import { isJsonObject } from '../json.ts';
import { createBuiltinModel } from '../model.ts';
import { createFakeAccount, type Written } from './fake-account.ts';
import { toolDeclarations } from './tool-declarations.ts';

/** One turn as a test sees it: the answer, and what was written on the way. */
export interface Told {
  readonly text: string;
  readonly written: readonly Written[];
  readonly calls: readonly string[];
  readonly steps: number;
}

/** The longest a plan may be, so that a plan that never ends fails a test. */
const mostSteps = 30;

/** A conversation of the built-in model with a fake account, driven as the runtime drives it. */
export function startConversation(
  options: { instructions?: string; tools?: LanguageModelV4FunctionTool[]; deny?: boolean } = {},
) {
  const account = createFakeAccount();
  const model: LanguageModelV4 = createBuiltinModel({ now: () => new Date('2026-11-23T12:00:00Z') });
  const tools: LanguageModelV4CallOptions['tools'] = options.tools ?? toolDeclarations;
  const prompt: LanguageModelV4Prompt = [
    {
      role: 'system',
      content: `House rules.\nToday is 2026-11-23 (UTC).\nConnected account: Demo (acct_1), mode test, default currency usd.\n<instructions>${options.instructions ?? ''}</instructions>`,
    },
  ];

  async function say(text: string): Promise<Told> {
    const before = account.written.length;
    const calls: string[] = [];
    prompt.push({ role: 'user', content: [{ type: 'text', text }] });
    for (let steps = 1; steps <= mostSteps; steps += 1) {
      const { content } = await model.doGenerate({ prompt, tools });
      prompt.push({ role: 'assistant', content: content.flatMap(asSaid) });
      const made = content.filter((part) => part.type === 'tool-call');
      if (made.length === 0) {
        const answer = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
        return { text: answer, written: account.written.slice(before), calls, steps };
      }
      for (const call of made) {
        calls.push(call.toolName);
        const input: unknown = JSON.parse(call.input);
        if (!isJsonObject(input)) throw new Error(`${call.toolName} was called without an object`);
        const output = answerTo(call.toolName, input);
        prompt.push({
          role: 'tool',
          content: [{ type: 'tool-result', toolCallId: call.toolCallId, toolName: call.toolName, output }],
        });
      }
    }
    throw new Error(`The model did not come to an end: ${calls.join(', ')}`);
  }

  function answerTo(tool: string, input: Parameters<typeof account.call>[1]) {
    const reads = /^(?:list|get|retrieve|explain)/.test(tool);
    if (options.deny && !reads) return { type: 'execution-denied' as const, reason: 'not today' };
    const { value, failed } = account.call(tool, input);
    return failed
      ? { type: 'error-json' as const, value: value as never }
      : { type: 'json' as const, value: value as never };
  }

  return { say, account };
}

/** A part as it stands in a prompt: the input of a call parsed. */
function asSaid(part: LanguageModelV4Content): (LanguageModelV4TextPart | LanguageModelV4ToolCallPart)[] {
  if (part.type === 'text') return [{ type: 'text', text: part.text }];
  if (part.type !== 'tool-call') return [];
  const input: unknown = JSON.parse(part.input);
  return [{ type: 'tool-call', toolCallId: part.toolCallId, toolName: part.toolName, input }];
}
