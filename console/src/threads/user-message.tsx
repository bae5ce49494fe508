import type { Message } from '@purser/server/api';
import { PenLine } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { TextArea } from '../ui/field.tsx';
import { focusOnMount } from '../ui/focus.ts';
import { exactTime } from '../ui/time-words.ts';
import type { Turns } from './use-turns.ts';

const bubble =
  'w-fit max-w-[85%] rounded-xl rounded-ee-sm bg-sunken border border-line px-3.5 py-2 leading-6 whitespace-pre-wrap [overflow-wrap:anywhere]';

interface UserMessageProps {
  message: Message;
  turns: Turns;
  editable: boolean;
}

export function UserMessage({ message, turns, editable }: UserMessageProps) {
  if (turns.editing === message.id) return <EditMessage message={message} turns={turns} />;
  return (
    <article aria-label="You" className="group flex flex-col items-end">
      <div className="flex w-full items-center justify-end gap-1">
        <div className="flex opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
          <CopyButton text={message.text} label="Copy message" className="size-8 pointer-coarse:hidden" />
          {editable ? (
            <IconButton label="Edit and send again" onClick={() => turns.edit(message.id)}>
              <PenLine size={14} aria-hidden="true" />
            </IconButton>
          ) : null}
        </div>
        <div dir="auto" title={exactTime(message.createdAt)} className={bubble}>
          {message.text}
        </div>
      </div>
    </article>
  );
}

/** On its way: not said yet as far as anyone else knows. */
export function SendingMessage({ text }: { text: string }) {
  return (
    <article aria-label="You, sending" className="flex flex-col items-end">
      <div dir="auto" className={`${bubble} text-muted`}>
        {text}
      </div>
      <p className="mt-1 text-xs text-muted">Sending…</p>
    </article>
  );
}

function EditMessage({ message, turns }: { message: Message; turns: Turns }) {
  const [text, setText] = useState(message.text);
  return (
    <form
      className="ms-auto w-full max-w-[85%]"
      onSubmit={(event) => {
        event.preventDefault();
        void turns.resend(message.id, text.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') turns.edit(null);
      }}
    >
      <TextArea
        ref={focusOnMount}
        label="Edit your message"
        hint="The answer below is replaced. What was already done in Stripe stays done."
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="mt-2 flex justify-end gap-2">
        <Button tone="quiet" onClick={() => turns.edit(null)}>
          Cancel
        </Button>
        <Button type="submit" tone="primary" busy={turns.busy} disabled={text.trim() === ''}>
          Send again
        </Button>
      </div>
    </form>
  );
}
