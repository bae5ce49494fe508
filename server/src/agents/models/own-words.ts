import type { AssistantContent, ModelMessage } from 'ai';

type Part = Exclude<AssistantContent, string>[number];

/**
 * What of a conversation may go to this provider. An agent's model can be changed in the middle of a thread: text,
 * calls and results go along, what another provider's model thought and signed does not.
 */
export function forProvider(messages: readonly ModelMessage[], provider: string): ModelMessage[] {
  const own = idOf(provider);
  return messages.flatMap((message) => {
    if (message.role !== 'assistant' || typeof message.content === 'string') return [message];
    const content = message.content.filter(
      (part) => !isThought(part) || part.providerOptions?.purser?.thinker === own,
    );
    return content.length === 0
      ? []
      : [{ ...message, content: content.map((part) => withOwnOptions(part, own)) }];
  });
}

/** Marks whose thoughts these are, for `forProvider` to tell later. */
export function signThoughts(messages: readonly ModelMessage[], provider: string): ModelMessage[] {
  return messages.map((message) => {
    if (message.role !== 'assistant' || typeof message.content === 'string') return message;
    const content = message.content.map((part) =>
      isThought(part)
        ? { ...part, providerOptions: { ...part.providerOptions, purser: { thinker: idOf(provider) } } }
        : part,
    );
    return { ...message, content };
  });
}

function isThought(part: Part): part is Extract<Part, { type: 'reasoning' | 'reasoning-file' }> {
  return part.type === 'reasoning' || part.type === 'reasoning-file';
}

function withOwnOptions(part: Part, own: string): Part {
  if (!('providerOptions' in part) || part.providerOptions === undefined) return part;
  const kept = Object.entries(part.providerOptions).filter(([key]) => key === own || key === camelCased(own));
  const { providerOptions: _, ...rest } = part;
  return kept.length === 0 ? rest : { ...rest, providerOptions: Object.fromEntries(kept) };
}

/** `openai.responses` → `openai`. */
function idOf(provider: string): string {
  return provider.split('.')[0] ?? provider;
}

function camelCased(id: string): string {
  return id.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
