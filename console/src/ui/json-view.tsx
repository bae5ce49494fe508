import { CopyButton } from './copy-button.tsx';
import { ScrollArea } from './scroll-area.tsx';

/** Raw data as it is, wrapped and scrollable, with a way to take it along. */
export function JsonView({ value, label }: { value: unknown; label: string }) {
  const text = JSON.stringify(value, null, 2) ?? 'null';
  return (
    <div className="relative mt-1 mb-2">
      <ScrollArea label={label} className="max-h-80 overflow-auto rounded-md border border-line bg-sunken">
        <pre className="p-3 pe-10 font-mono text-xs leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]">
          {text}
        </pre>
      </ScrollArea>
      <CopyButton
        text={text}
        label={`Copy ${label.toLowerCase()}`}
        className="absolute end-1.5 top-1.5 bg-sunken"
      />
    </div>
  );
}
