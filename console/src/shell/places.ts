import { Cable, Inbox, type LucideIcon, MessagesSquare, ScrollText, Settings, Users } from 'lucide-react';

/** The places of the console, in the order of the sidebar. `key` follows `g`. */
export interface Place {
  to: string;
  label: string;
  icon: LucideIcon;
  key: string;
}

export const places: readonly Place[] = [
  { to: '/threads', label: 'Threads', icon: MessagesSquare, key: 't' },
  { to: '/inbox', label: 'Inbox', icon: Inbox, key: 'i' },
  { to: '/agents', label: 'Agents', icon: Users, key: 'a' },
  { to: '/connections', label: 'Connections', icon: Cable, key: 'c' },
  { to: '/operations', label: 'Operations', icon: ScrollText, key: 'o' },
  { to: '/settings', label: 'Settings', icon: Settings, key: 's' },
];
