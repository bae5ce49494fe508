import { ArrowUp, Square } from 'lucide-react';
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { cx } from '../ui/class-names.ts';

/** What was typed and not sent, by place; kept in memory only, for it may hold what should not be stored. */
const drafts = new Map<string, string>();
const longestText = 20_000;

export interface ComposerHandle {
  fill(text: string): void;
}

interface ComposerProps {
  /** Where the draft belongs: a thread's id, or `new`. */
  place: string;
  placeholder: string;
  /** Colours the frame: what is asked here happens for real. */
  live: boolean;
  running: boolean;
  busy: boolean;
  disabled?: boolean;
  /** Resolves to true once the text has reached the server. */
  onSend(text: string): Promise<boolean>;
  onStop?: () => void;
  onEditLast?: () => void;
  children?: ReactNode;
  ref?: Ref<ComposerHandle>;
}

/** Enter sends, Shift Enter breaks the line. What was typed is only cleared once the server has it. */
export function Composer(props: ComposerProps) {
  const { place, live, running, busy, disabled, children } = props;
  const [text, setText] = useState(drafts.get(place) ?? '');
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    drafts.set(place, text);
  }, [place, text]);
  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) area.current?.focus();
  }, []);
  useImperativeHandle(props.ref, () => ({
    fill(filled) {
      setText(filled);
      area.current?.focus();
    },
  }));
  const canSend = text.trim() !== '' && !busy && !running && !disabled;
  const send = async () => {
    if (!canSend) return;
    const sent = text;
    if (await props.onSend(sent.trim())) setText((now) => (now === sent ? '' : now));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void send();
    } else if (event.key === 'ArrowUp' && text === '' && props.onEditLast) {
      event.preventDefault();
      props.onEditLast();
    } else if (event.key === 'Escape') event.currentTarget.blur();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      className={cx(
        children ? '' : 'flex items-end',
        'rounded-xl border bg-surface shadow-card focus-within:ring-2',
        live
          ? 'border-live-line focus-within:ring-live-line/40'
          : 'border-line-strong focus-within:border-accent focus-within:ring-accent/20',
      )}
    >
      <textarea
        ref={area}
        aria-label="Message"
        rows={1}
        maxLength={longestText}
        placeholder={props.placeholder}
        value={text}
        disabled={disabled ?? false}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="field-sizing-content block max-h-56 min-h-12 w-full flex-1 pointer-coarse:min-h-13 resize-none bg-transparent px-3.5 py-3 leading-6 outline-none disabled:cursor-not-allowed pointer-coarse:text-[16px]"
      />
      <div className={cx('flex shrink-0 items-end gap-2 px-2 pb-2', !children && 'pointer-coarse:p-1')}>
        {children ? <div className="min-w-0 flex-1">{children}</div> : null}
        {running && props.onStop ? (
          <StopButton onStop={props.onStop} />
        ) : (
          <SendButton live={live} canSend={canSend} />
        )}
      </div>
    </form>
  );
}

const round =
  'inline-flex size-8 shrink-0 items-center justify-center rounded-lg pointer-coarse:size-11 disabled:cursor-not-allowed';

function StopButton({ onStop }: { onStop(): void }) {
  return (
    <button
      type="button"
      aria-label="Stop"
      title="Stop"
      onClick={onStop}
      className={cx(round, 'border border-line-strong bg-raised text-ink hover:bg-hover')}
    >
      <Square size={12} fill="currentColor" aria-hidden="true" />
    </button>
  );
}

function SendButton({ live, canSend }: { live: boolean; canSend: boolean }) {
  const fill = live ? 'bg-live-fill hover:bg-live-fill-hover' : 'bg-accent-fill hover:bg-accent-fill-hover';
  return (
    <button
      type="submit"
      aria-label="Send"
      title="Send (Enter)"
      disabled={!canSend}
      className={cx(round, canSend ? `${fill} text-white` : 'bg-hover text-muted')}
    >
      <ArrowUp size={17} aria-hidden="true" />
    </button>
  );
}
