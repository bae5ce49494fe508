import { useQuery } from '@tanstack/react-query';
import { connectionsQuery } from '../queries.ts';
import type { LinkOf } from './object-card.tsx';
import { stripeLink } from './stripe-link.ts';

/** Links into the Dashboard of one connection's account. */
export function useLinkOf(connectionId: string | undefined): LinkOf {
  const { data } = useQuery(connectionsQuery());
  const connection = data?.find((each) => each.id === connectionId);
  return (type, id) => stripeLink(connection, type, id);
}
