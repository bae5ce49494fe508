import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import {
  Cable,
  CalendarPlus,
  ChartColumn,
  Keyboard,
  MessageSquare,
  Moon,
  OctagonX,
  Search,
  SquarePen,
  Sun,
  UserPlus,
} from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { api } from '../api.ts';
import { agentsQuery, connectionsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { saveTheme } from '../ui/theme.ts';
import { useDebounced } from '../ui/use-debounced.ts';
import { Customers } from './palette-customers.tsx';
import { palettePoints } from './palette-match.ts';
import { Group, Item } from './palette-parts.tsx';
import { places, reportPlaces } from './places.ts';

interface PaletteProps {
  onClose(): void;
  onHalt(): void;
  onHelp(): void;
}

/** ⌘K: threads, agents, customers, places and actions, found by name. */
export function Palette({ onClose, onHalt, onHelp }: PaletteProps) {
  const [text, setText] = useState('');
  const { write, own } = usePermissions();
  const navigate = useNavigate();
  const go = (to: string) => {
    onClose();
    void navigate({ to });
  };
  const run = (act: () => void) => {
    onClose();
    act();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[#0b0f16]/45" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-1.5rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl bg-raised shadow-float"
        >
          <Dialog.Title className="sr-only">Find anything</Dialog.Title>
          <Command label="Find anything" loop filter={points}>
            <div className="flex items-center gap-2.5 border-b border-line px-4">
              <Search size={16} aria-hidden="true" className="text-muted" />
              <Command.Input
                value={text}
                onValueChange={setText}
                placeholder="Threads, customers, agents, places, actions…"
                className="h-12 w-full bg-transparent text-base outline-none"
              />
            </div>
            <Command.List className="max-h-[min(24rem,60dvh)] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-8 text-center text-muted">
                Nothing is called that.
              </Command.Empty>
              <Group heading="Actions">
                {write ? (
                  <Item icon={<SquarePen size={15} />} onSelect={() => go('/threads/new')}>
                    New thread
                  </Item>
                ) : null}
                {write ? (
                  <Item icon={<UserPlus size={15} />} onSelect={() => go('/agents?new=true')}>
                    New agent
                  </Item>
                ) : null}
                {own ? (
                  <Item icon={<Cable size={15} />} onSelect={() => go('/connections/new/stripe')}>
                    Connect Stripe
                  </Item>
                ) : null}
                {write ? (
                  <Item icon={<CalendarPlus size={15} />} onSelect={() => go('/automations/new')}>
                    New task
                  </Item>
                ) : null}
                {own ? (
                  <Item
                    icon={<OctagonX size={15} />}
                    names={['Halt everything', 'kill switch stop']}
                    value="halt"
                    onSelect={() => run(onHalt)}
                  >
                    Halt…
                  </Item>
                ) : null}
                <Item icon={<Keyboard size={15} />} onSelect={() => run(onHelp)}>
                  Keyboard shortcuts
                </Item>
              </Group>
              <Threads text={text} onGo={go} />
              <Customers text={text} onGo={go} />
              <Agents onGo={go} />
              <Connections onGo={go} />
              <Reports onGo={go} />
              <Group heading="Places">
                {places.map((place) => (
                  <Item key={place.to} icon={<place.icon size={15} />} onSelect={() => go(place.to)}>
                    {place.label}
                  </Item>
                ))}
              </Group>
              <Group heading="Appearance">
                <Item icon={<Sun size={15} />} onSelect={() => run(() => saveTheme('light'))}>
                  Light theme
                </Item>
                <Item icon={<Moon size={15} />} onSelect={() => run(() => saveTheme('dark'))}>
                  Dark theme
                </Item>
              </Group>
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** An id tells items apart; where there is one, the names to search stand beside it. */
function points(value: string, typed: string, names: string[] | undefined): number {
  return palettePoints(names?.length ? names : [value], typed);
}

function Threads({ text, onGo }: { text: string; onGo(to: string): void }) {
  const q = useDebounced(text.trim(), 150);
  const { data } = useQuery({
    queryKey: ['threads-palette', q],
    queryFn: ({ signal }) => api.threads({ q, limit: 6 }, signal),
    placeholderData: (before) => before,
  });
  if (!data?.data.length) return null;
  return (
    <Group heading="Threads">
      {data.data.map((thread) => (
        <Item
          key={thread.id}
          // The server searches what was said, too: what it finds must not be filtered by title again.
          names={[thread.title, thread.agentName, q]}
          value={thread.id}
          icon={<MessageSquare size={15} />}
          onSelect={() => onGo(`/threads/${thread.id}`)}
        >
          {thread.title}
          <span className="ms-2 text-muted">{thread.agentName}</span>
        </Item>
      ))}
    </Group>
  );
}

function Agents({ onGo }: { onGo(to: string): void }) {
  const { data } = useQuery(agentsQuery());
  if (!data?.length) return null;
  return (
    <Group heading="Agents">
      {data.map((agent) => (
        <Item
          key={agent.id}
          names={[agent.name]}
          value={agent.id}
          icon={<Avatar name={agent.name} size="small" />}
          onSelect={() => onGo(`/agents/${agent.id}`)}
        >
          {agent.name}
        </Item>
      ))}
    </Group>
  );
}

function Connections({ onGo }: { onGo(to: string): void }) {
  const { data } = useQuery(connectionsQuery());
  if (!data?.length) return null;
  return (
    <Group heading="Connections">
      {data.map(({ id, name, mode, account }) => (
        <Item
          key={id}
          names={[name, account.name, account.id, mode]}
          value={id}
          icon={<Cable size={15} />}
          onSelect={() => onGo(`/connections/${id}`)}
        >
          {name}
          <span className="ms-2 text-muted">{mode}</span>
        </Item>
      ))}
    </Group>
  );
}

function Reports({ onGo }: { onGo(to: string): void }) {
  return (
    <Group heading="Reports">
      {reportPlaces.map(({ to, label }) => (
        <Item key={to} icon={<ChartColumn size={15} />} onSelect={() => onGo(to)}>
          {label} report
        </Item>
      ))}
    </Group>
  );
}
