import type { UIMessageChunk } from 'ai';
import {
  answerMessageId,
  isResting,
  type Message,
  type MessagePart,
  type ToolCall,
} from '../agents/transcript.ts';
import type { LiveEvent } from '../agents/watch.ts';

/**
 * Turns what happens in a thread into the AI SDK's UI-message stream for one run: it remembers what was sent and sends
 * the difference, so that a message read whole and text that trickles in give the same stream.
 */
export function createUiStream(runId: string): {
  chunksOf(event: LiveEvent): { chunks: UIMessageChunk[]; done: boolean };
} {
  const messageId = answerMessageId(runId);
  let started = false;
  const sentText = new Map<number, { length: number; open: boolean }>();
  const sentCalls = new Map<string, ToolCall['status']>();

  function start(): UIMessageChunk[] {
    if (started) return [];
    started = true;
    return [{ type: 'start', messageId, messageMetadata: { runId } }, { type: 'start-step' }];
  }

  function text(part: number, upTo: string, offset: number, closed: boolean): UIMessageChunk[] {
    const id = `${messageId}_${part}`;
    const chunks: UIMessageChunk[] = [];
    let known = sentText.get(part);
    if (!known) {
      known = { length: 0, open: true };
      sentText.set(part, known);
      chunks.push({ type: 'text-start', id });
    }
    const fresh = upTo.slice(Math.max(known.length - offset, 0));
    if (offset <= known.length && fresh && known.open) {
      chunks.push({ type: 'text-delta', id, delta: fresh });
      known.length += fresh.length;
    }
    if (closed && known.open) {
      known.open = false;
      chunks.push({ type: 'text-end', id });
    }
    return chunks;
  }

  function call(toolCall: ToolCall): UIMessageChunk[] {
    const { id: toolCallId, name: toolName, input, status } = toolCall;
    const before = sentCalls.get(toolCallId);
    if (before === status) return [];
    sentCalls.set(toolCallId, status);
    const chunks: UIMessageChunk[] = [];
    if (!before) chunks.push({ type: 'tool-input-available', toolCallId, toolName, input });
    if (status === 'completed')
      chunks.push({ type: 'tool-output-available', toolCallId, output: toolCall.output });
    if (status === 'failed') {
      chunks.push({
        type: 'tool-output-error',
        toolCallId,
        errorText: toolCall.error?.message ?? 'It failed.',
      });
    }
    if (status === 'rejected') chunks.push({ type: 'tool-output-denied', toolCallId });
    if (status === 'awaiting_approval' && toolCall.approvalId) {
      chunks.push({ type: 'tool-approval-request', toolCallId, approvalId: toolCall.approvalId });
    }
    return chunks;
  }

  function wholeMessage(message: Message): UIMessageChunk[] {
    const parts: readonly MessagePart[] = message.parts ?? [];
    const atRest = message.status !== undefined && isResting(message.status);
    return parts.flatMap((part, index) => {
      if (part.type === 'text') return text(index, part.text, 0, atRest || index < parts.length - 1);
      const toolCall = message.toolCalls?.find((candidate) => candidate.id === part.toolCallId);
      return toolCall ? call(toolCall) : [];
    });
  }

  function ending(message: Message): UIMessageChunk[] {
    const open = [...sentText].filter(([, known]) => known.open);
    const ends = open.map(([part]) => ({ type: 'text-end', id: `${messageId}_${part}` }) as const);
    const error = message.error && { type: 'error' as const, errorText: message.error.message };
    return [...ends, ...(error ? [error] : []), { type: 'finish-step' }, { type: 'finish' }];
  }

  return {
    chunksOf(event) {
      if (event.type === 'delta' && event.messageId === messageId) {
        return { chunks: [...start(), ...text(event.part, event.text, event.offset, false)], done: false };
      }
      const messages =
        event.type === 'thread' ? event.thread.messages : event.type === 'message' ? [event.message] : [];
      const message = messages.find((candidate) => candidate.id === messageId);
      if (!message) return { chunks: [], done: false };
      const chunks = [...start(), ...wholeMessage(message)];
      const done =
        message.status === 'awaiting_approval' || (message.status !== undefined && isResting(message.status));
      return { chunks: done ? [...chunks, ...ending(message)] : chunks, done };
    },
  };
}
