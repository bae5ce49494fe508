import type {
  JSONObject,
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import { type NextStep, nextStep } from './dialogue/converse.ts';
import { explainReading } from './explain.ts';
import type { Request } from './meaning/request.ts';
import { readSetting } from './setting.ts';
import { readToolbox } from './toolbox.ts';
import { readTranscript } from './transcript.ts';

export interface BuiltinModelOptions {
  /** The clock, for "the last 24 hours". The day itself is read from the prompt. */
  readonly now?: () => Date;
  /** Answer with how the message is read, stage by stage, and call nothing. */
  readonly explains?: boolean;
}

/**
 * The built-in offline model. It keeps nothing between calls: every step is computed from the prompt and the tools,
 * so the same prompt always gives the same step. It needs no network and answers within milliseconds.
 */
export function createBuiltinModel({
  now = () => new Date(),
  explains = false,
}: BuiltinModelOptions = {}): LanguageModelV4 {
  if (!explains) setImmediate(warmUp);
  const decideStep = explains ? explainStep : planStep;
  return {
    specificationVersion: 'v4',
    provider: 'purser',
    modelId: 'builtin',
    supportedUrls: {},
    async doGenerate(options) {
      const step = decideStep(options, now());
      return {
        content: contentOf(step, options),
        finishReason: finishOf(step),
        usage: usageOf(options, step),
        warnings: [],
        providerMetadata: metadataOf(step),
      };
    },
    async doStream(options) {
      const step = decideStep(options, now());
      const parts = partsOf(step, options);
      const { abortSignal } = options;
      const stream = new ReadableStream<LanguageModelV4StreamPart>({
        pull(controller) {
          if (abortSignal?.aborted) {
            controller.error(abortSignal.reason);
            return;
          }
          const part = parts.shift();
          if (part) controller.enqueue(part);
          else controller.close();
        },
      });
      return { stream };
    },
  };
}

/** Patterns are compiled when first used: done once ahead, so that the first person does not wait for it. */
function warmUp(): void {
  const text = 'please list the last 3 paymnets of Bob Loblaw over $50 since March 5, and refund half of it';
  planStep({ prompt: [{ role: 'user', content: [{ type: 'text', text }] }] }, new Date(0));
}

function explainStep(options: LanguageModelV4CallOptions, now: Date): NextStep {
  const transcript = readTranscript(options.prompt);
  const setting = readSetting(transcript.system, now);
  return { kind: 'answer', text: explainReading(transcript, setting, readToolbox(options.tools)), read: [] };
}

function planStep(options: LanguageModelV4CallOptions, now: Date): NextStep {
  const transcript = readTranscript(options.prompt);
  return nextStep(transcript, readSetting(transcript.system, now), readToolbox(options.tools));
}

/** Unique in a thread and the same whenever the step is computed again. */
function callId(options: LanguageModelV4CallOptions, index: number): string {
  let turns = 0;
  let calls = 0;
  for (const message of options.prompt) {
    if (message.role === 'user') {
      turns += 1;
      calls = 0;
    } else if (message.role === 'assistant')
      calls += message.content.filter((part) => part.type === 'tool-call').length;
  }
  return `call_${turns}_${calls + index + 1}`;
}

function contentOf(step: NextStep, options: LanguageModelV4CallOptions): LanguageModelV4Content[] {
  if (step.kind === 'answer') return [{ type: 'text', text: step.text }];
  return step.calls.map(({ tool, input }, index) => ({
    type: 'tool-call',
    toolCallId: callId(options, index),
    toolName: tool,
    input: JSON.stringify(input),
  }));
}

function partsOf(step: NextStep, options: LanguageModelV4CallOptions): LanguageModelV4StreamPart[] {
  const parts: LanguageModelV4StreamPart[] = [{ type: 'stream-start', warnings: [] }];
  for (const content of contentOf(step, options)) {
    if (content.type === 'text') {
      parts.push({ type: 'text-start', id: 'text' });
      for (const delta of deltasOf(content.text)) parts.push({ type: 'text-delta', id: 'text', delta });
      parts.push({ type: 'text-end', id: 'text' });
    } else if (content.type === 'tool-call') {
      parts.push({ type: 'tool-input-start', id: content.toolCallId, toolName: content.toolName });
      parts.push({ type: 'tool-input-delta', id: content.toolCallId, delta: content.input });
      parts.push({ type: 'tool-input-end', id: content.toolCallId });
      parts.push(content);
    }
  }
  parts.push({
    type: 'finish',
    usage: usageOf(options, step),
    finishReason: finishOf(step),
    providerMetadata: metadataOf(step),
  });
  return parts;
}

/** A few words at a time, as other models write. */
function deltasOf(text: string): string[] {
  return text.match(/\s*\S+(?:\s+\S+){0,2}\s*/g) ?? [text];
}

function finishOf(step: NextStep): LanguageModelV4FinishReason {
  return step.kind === 'calls'
    ? { unified: 'tool-calls', raw: 'tool-calls' }
    : { unified: 'stop', raw: 'stop' };
}

/** Nothing is billed by tokens here; the figures are estimates (four characters each) so that limits still work. */
function usageOf(options: LanguageModelV4CallOptions, step: NextStep): LanguageModelV4Usage {
  const input = Math.ceil(JSON.stringify(options.prompt).length / 4);
  const written = step.kind === 'answer' ? step.text : JSON.stringify(step.calls);
  const output = Math.ceil(written.length / 4);
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
  };
}

/** How the request was read, for whoever wants it explained. */
function metadataOf(step: NextStep): Record<string, JSONObject> {
  return { builtin: { read: step.read.map(readingOf) } };
}

function readingOf({ intent, object, slots, when, text }: Request): JSONObject {
  const plain = JSON.stringify(slots, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value instanceof Set ? [...value] : value,
  );
  return { intent, object, when, text, slots: JSON.parse(plain) as JSONObject };
}
