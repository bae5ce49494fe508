import { Command } from 'cmdk';
import type { ReactNode } from 'react';

/** Items of one kind. */
export function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="mb-1 **:[[cmdk-group-heading]]:px-2.5 **:[[cmdk-group-heading]]:py-1.5 **:[[cmdk-group-heading]]:text-xs **:[[cmdk-group-heading]]:text-muted"
    >
      {children}
    </Command.Group>
  );
}

interface ItemProps {
  icon: ReactNode;
  onSelect(): void;
  children: ReactNode;
  value?: string;
  /** What it is found by, where that is not what it shows. */
  names?: string[];
}

export function Item({ icon, onSelect, children, value, names }: ItemProps) {
  return (
    <Command.Item
      {...(value === undefined ? {} : { value })}
      {...(names === undefined ? {} : { keywords: names })}
      onSelect={onSelect}
      className="flex min-h-9 items-center gap-2.5 rounded-md px-2.5 data-[selected=true]:bg-hover pointer-coarse:min-h-11"
    >
      <span aria-hidden="true" className="flex w-5 justify-center text-muted">
        {icon}
      </span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
    </Command.Item>
  );
}
