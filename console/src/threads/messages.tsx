import type { Thread } from '@purser/server/api';
import { AssistantMessage } from './assistant-message.tsx';
import type { Turns } from './use-turns.ts';
import { SendingMessage, UserMessage } from './user-message.tsx';

export function Messages({ thread, turns }: { thread: Thread; turns: Turns }) {
  const last = thread.messages.at(-1);
  return (
    <div className="space-y-6">
      {thread.messages.map((message) =>
        message.role === 'user' ? (
          <UserMessage
            key={message.id}
            message={message}
            turns={turns}
            editable={message.id === turns.editable}
          />
        ) : (
          <AssistantMessage
            key={message.id}
            message={message}
            thread={thread}
            turns={turns}
            last={message === last}
          />
        ),
      )}
      {turns.sending ? <SendingMessage text={turns.sending} /> : null}
      {last?.role === 'user' && thread.status === 'running' ? <Working words="Reading your message" /> : null}
    </div>
  );
}

/** Something is under way and has nothing to show yet. */
export function Working({ words }: { words: string }) {
  return (
    <p className="flex items-center gap-2.5 text-muted">
      <span
        aria-hidden="true"
        className="size-2 animate-[pulse-soft_1.4s_ease-in-out_infinite] rounded-full bg-accent"
      />
      {words}…
    </p>
  );
}
