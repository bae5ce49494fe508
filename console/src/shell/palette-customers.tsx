import type { Connection } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { Contact } from 'lucide-react';
import { customersIn } from '../cards/customer-words.ts';
import { connectionsQuery, customersQuery } from '../queries.ts';
import { useDebounced } from '../ui/use-debounced.ts';
import { Group, Item } from './palette-parts.tsx';

/** Shorter texts would find everybody. */
const fewestLetters = 3;
const restMs = 300;
const mostShown = 5;
const mostAccounts = 3;

interface CustomersProps {
  text: string;
  onGo(to: string): void;
}

/** Customers by name or address, looked up in the accounts themselves. */
export function Customers({ text, onGo }: CustomersProps) {
  const q = useDebounced(text.trim(), restMs);
  const accounts = useQuery(connectionsQuery()).data?.filter(({ type }) => type === 'stripe') ?? [];
  if (q.length < fewestLetters) return null;
  return accounts
    .slice(0, mostAccounts)
    .map((account) => (
      <Found key={account.id} account={account} isOnly={accounts.length === 1} q={q} onGo={onGo} />
    ));
}

interface FoundProps {
  account: Connection;
  isOnly: boolean;
  q: string;
  onGo(to: string): void;
}

function Found({ account, isOnly, q, onGo }: FoundProps) {
  const { data } = useQuery(customersQuery(account.id, q, mostShown));
  const { customers } = customersIn(data ?? null);
  if (customers.length === 0) return null;
  return (
    <Group heading={isOnly ? 'Customers' : `Customers of ${account.account.name} (${account.mode})`}>
      {customers.map(({ id, label, email }) => (
        <Item
          key={id}
          // The account compares without accents: what it finds must not be filtered again.
          names={[label, email ?? '', q]}
          value={`${account.id} ${id}`}
          icon={<Contact size={15} />}
          onSelect={() => onGo(`/customers/${account.id}/${id}`)}
        >
          {label}
          {email && email !== label ? <span className="ms-2 text-muted">{email}</span> : null}
        </Item>
      ))}
    </Group>
  );
}
