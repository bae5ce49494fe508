import type { AgentConnection } from '@purser/server/api';
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { AccountTag } from '../cards/mode-tag.tsx';
import { buttonClass } from '../ui/button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';

interface AccountMenuProps {
  accounts: readonly AgentConnection[];
  current: AgentConnection | undefined;
  /** What stands on the button. */
  tag: ReactNode;
  isDemo(connectionId: string): boolean;
  onPick(connectionId: string): void;
}

/** One of several accounts. */
export function AccountMenu({ accounts, current, tag, isDemo, onPick }: AccountMenuProps) {
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={current ? `Account: ${current.account.name}, ${current.mode}` : undefined}
          className={buttonClass('quiet')}
        >
          {tag}
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      }
    >
      {accounts.map((each) => (
        <MenuItem
          key={each.connectionId}
          onSelect={() => onPick(each.connectionId)}
          checked={each.connectionId === current?.connectionId}
        >
          <AccountTag mode={each.mode} account={each.account} demo={isDemo(each.connectionId)} />
        </MenuItem>
      ))}
    </Menu>
  );
}
