import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { connectionsQuery } from '../queries.ts';
import type { IdLink } from '../ui/id-links.tsx';
import { idLink } from './id-link.ts';
import type { LinkOf } from './object-card.tsx';
import { stripeLink } from './stripe-link.ts';

/** Where ids that are cited in a thread about this connection lead. */
export function useIdLink(connectionId: string | undefined): IdLink {
  const { data } = useQuery(connectionsQuery());
  const connection = data?.find((each) => each.id === connectionId);
  return useCallback((id) => idLink(connection, id), [connection]);
}

/** Links into the Dashboard of one connection's account. */
export function useLinkOf(connectionId: string | undefined): LinkOf {
  const { data } = useQuery(connectionsQuery());
  const connection = data?.find((each) => each.id === connectionId);
  return (type, id) => stripeLink(connection, type, id);
}
