import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { announce } from './announcer.tsx';
import { Button, IconButton } from './button.tsx';

interface ListEditorProps<Item> {
  /** What one is called: `rule`. */
  of: string;
  items: readonly Item[];
  onChange(items: Item[]): void;
  /** What a new one begins as. */
  fresh(): Item;
  children(item: Item, set: (item: Item) => void, index: number): ReactNode;
  disabled?: boolean;
  /** Their order means something. */
  ordered?: boolean;
  max: number;
}

let lastKey = 0;
const newKey = () => {
  lastKey += 1;
  return lastKey;
};

/** A list whose rows can be added, taken away and, where their order counts, moved. */
export function ListEditor<Item>(props: ListEditorProps<Item>) {
  const { of, items, onChange, fresh, children, disabled = false, ordered = false, max } = props;
  const [known, setKeys] = useState(() => items.map(newKey));
  // The list may have been replaced from outside: rows that are not known yet get a key of their own.
  const keys = items.map((_, index) => known[index] ?? -1 - index);
  const change = (next: Item[], nextKeys: number[]) => {
    setKeys(nextKeys);
    onChange(next);
  };
  const move = (from: number, to: number) => {
    change(moved(items, from, to), moved(keys, from, to));
    announce(`Moved to place ${to + 1}`);
  };
  return (
    <>
      {items.length > 0 ? (
        <ul className="space-y-2">
          {items.map((item, index) => (
            <li key={keys[index]} className="flex items-start gap-1">
              <div className="min-w-0 flex-1">
                {children(item, (changed) => onChange(items.with(index, changed)), index)}
              </div>
              {ordered && items.length > 1 ? (
                <>
                  <IconButton
                    label={`Move ${of} ${index + 1} up`}
                    disabled={disabled || index === 0}
                    onClick={() => move(index, index - 1)}
                  >
                    <ArrowUp size={14} aria-hidden="true" />
                  </IconButton>
                  <IconButton
                    label={`Move ${of} ${index + 1} down`}
                    disabled={disabled || index === items.length - 1}
                    onClick={() => move(index, index + 1)}
                  >
                    <ArrowDown size={14} aria-hidden="true" />
                  </IconButton>
                </>
              ) : null}
              <IconButton
                label={`Remove ${of} ${index + 1}`}
                disabled={disabled}
                onClick={() => change(items.toSpliced(index, 1), keys.toSpliced(index, 1))}
              >
                <X size={14} aria-hidden="true" />
              </IconButton>
            </li>
          ))}
        </ul>
      ) : null}
      {items.length < max ? (
        <Button
          size="small"
          tone="quiet"
          disabled={disabled}
          onClick={() => change([...items, fresh()], [...keys, newKey()])}
          className="mt-1.5 -ms-2"
        >
          <Plus size={14} aria-hidden="true" />
          Add {/^[aeiou]/.test(of) ? 'an' : 'a'} {of}
        </Button>
      ) : null}
    </>
  );
}

function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const [item] = items.slice(from, from + 1);
  return item === undefined ? [...items] : items.toSpliced(from, 1).toSpliced(to, 0, item);
}
