import { queryOptions } from '@tanstack/react-query';
import { api } from '../api.ts';

export const sessionQuery = () =>
  queryOptions({
    queryKey: ['session'],
    queryFn: ({ signal }) => api.session(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const aboutQuery = () =>
  queryOptions({ queryKey: ['about'], queryFn: ({ signal }) => api.about(signal) });

export const noticesQuery = () =>
  queryOptions({ queryKey: ['notices'], queryFn: ({ signal }) => api.notices(signal) });

export const accountQuery = () =>
  queryOptions({ queryKey: ['account'], queryFn: ({ signal }) => api.account(signal) });

export const signInOfferQuery = () =>
  queryOptions({
    queryKey: ['sign-in'],
    queryFn: ({ signal }) => api.signInOffer(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const sessionsQuery = (everyone: boolean) =>
  queryOptions({
    queryKey: ['sessions', everyone],
    queryFn: ({ signal }) => api.sessions(everyone, signal),
    select: (page) => page.data,
  });

export const peopleQuery = () =>
  queryOptions({
    queryKey: ['people'],
    queryFn: ({ signal }) => api.people(signal),
    select: (page) => page.data,
  });

export const invitationsQuery = () =>
  queryOptions({
    queryKey: ['invitations'],
    queryFn: ({ signal }) => api.invitations(signal),
    select: (page) => page.data,
  });

export const securityQuery = () =>
  queryOptions({ queryKey: ['security'], queryFn: ({ signal }) => api.security(signal) });

export const connectedAppsQuery = () =>
  queryOptions({
    queryKey: ['connected-apps'],
    queryFn: ({ signal }) => api.connectedApps(signal),
    select: (page) => page.data,
  });

export const connectedAppQuery = (id: string) =>
  queryOptions({
    queryKey: ['connected-apps', id],
    queryFn: ({ signal }) => api.connectedApp(id, signal),
  });

export const tokensQuery = () =>
  queryOptions({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => api.tokens(signal),
    select: (page) => page.data,
  });
