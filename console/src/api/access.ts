import type {
  About,
  ApiToken,
  AppInfo,
  ConnectedProgram,
  Invitation,
  Notices,
  OwnAccount,
  Page,
  Person,
  Role,
  Security,
  Session,
  SignedInBrowser,
  SignInOffer,
} from '@purser/server/api';
import { get, patch, post, put, queryString, remove } from './request.ts';

/** A program that somebody let in: times as ISO 8601. */
export type ConnectedApp = Omit<ConnectedProgram, 'allowedAt' | 'seenAt'> & {
  allowedAt: string;
  seenAt: string | null;
};

/** `code`: the second factor is asked for. */
interface SignedIn {
  next: 'done' | 'code';
}

/** Who is here: sign-in, one’s own account, people, tokens; and the workspace. */
export const accessCalls = {
  session: (signal?: AbortSignal) => get<Session>('/session', signal),
  signOut: () => post<null>('/auth/sign-out'),
  about: (signal?: AbortSignal) => get<About>('/about', signal),
  notices: (signal?: AbortSignal) => get<Notices>('/account/notices', signal),
  setNotices: (notices: Notices) => put<Notices>('/account/notices', notices),
  signInOffer: (signal?: AbortSignal) => get<SignInOffer>('/sign-in', signal),
  signInByPassword: (given: { email: string; password: string }) =>
    post<SignedIn>('/sign-in/password', given),
  signInByCode: (code: string) => post<SignedIn>('/sign-in/code', { code }),
  passkeyOptions: () => post<PublicKeyCredentialRequestOptionsJSON>('/sign-in/passkey/options'),
  signInByPasskey: (response: unknown) => post<SignedIn>('/sign-in/passkey', { response }),
  signInByProvider: (again: boolean) => post<{ url: string }>('/sign-in/provider', { again }),
  lookAtInvitation: (token: string) =>
    post<{ email: string; role: Role; invitedBy: string }>('/invitations/look', { token }),
  acceptInvitation: (given: { token: string; name: string; password: string }) =>
    post<SignedIn>('/invitations/accept', given),
  prove: (proof: { password: string } | { code: string } | { passkey: unknown }) =>
    post<unknown>('/session/prove', proof),
  account: (signal?: AbortSignal) => get<OwnAccount>('/account', signal),
  changeAccount: (change: { name?: string; email?: string }) => patch<OwnAccount>('/account', change),
  setPassword: (given: { password: string; current?: string }) => put<unknown>('/account/password', given),
  beginCodes: (given: { password?: string }) =>
    post<{ uri: string; recoveryCodes: string[] }>('/account/codes', given),
  confirmCodes: (code: string) => post<unknown>('/account/codes/confirm', { code }),
  removeCodes: (given: { password?: string }) => post<unknown>('/account/codes/remove', given),
  newRecoveryCodes: (given: { password?: string }) =>
    post<{ recoveryCodes: string[] }>('/account/recovery-codes', given),
  newPasskeyOptions: () => post<PublicKeyCredentialCreationOptionsJSON>('/account/passkeys/options'),
  addPasskey: (given: { name: string; response: unknown }) => post<OwnAccount>('/account/passkeys', given),
  removePasskey: (id: string) => remove(`/account/passkeys/${id}`),
  sessions: (everyone: boolean, signal?: AbortSignal) =>
    get<Page<SignedInBrowser>>(`/sessions${queryString({ everyone: everyone ? 'true' : null })}`, signal),
  revokeSession: (id: string) => remove(`/sessions/${id}`),
  revokeOtherSessions: () => remove('/sessions'),
  people: (signal?: AbortSignal) => get<Page<Person>>('/people', signal),
  setRole: (id: string, role: Role) => patch<Person>(`/people/${id}`, { role }),
  removePerson: (id: string) => remove(`/people/${id}`),
  recoverPerson: (id: string) => post<{ link: string }>(`/people/${id}/recover`),
  invitations: (signal?: AbortSignal) => get<Page<Invitation>>('/invitations', signal),
  invite: (whom: { email: string; role: Role }) =>
    post<Invitation & { sent: boolean; link: string | null }>('/invitations', whom),
  revokeInvitation: (id: string) => remove(`/invitations/${id}`),
  security: (signal?: AbortSignal) => get<Security>('/security', signal),
  changeSecurity: (change: Partial<Security>) => patch<Security>('/security', change),
  tokens: (signal?: AbortSignal) => get<Page<ApiToken>>('/tokens', signal),
  createToken: (token: { name: string; role: Role; days?: number }) =>
    post<ApiToken & { token: string }>('/tokens', token),
  revokeToken: (id: string) => remove(`/tokens/${id}`),
  connectedApps: (signal?: AbortSignal) => get<Page<ConnectedApp>>('/connected-apps', signal),
  connectedApp: (id: string, signal?: AbortSignal) =>
    get<AppInfo & { role: Role }>(`/connected-apps/${encodeURIComponent(id)}`, signal),
  decideApp: (decision: { accept: boolean; query: string }) =>
    post<{ redirectTo: string }>('/connected-apps', decision),
  revokeApp: ({ id, person }: ConnectedApp) =>
    remove(`/connected-apps/${encodeURIComponent(id)}${queryString({ person: person.id })}`),
};
