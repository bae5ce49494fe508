import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whom the provider says it is, and what it does wrong. */
export interface OidcPerson {
  sub: string;
  email: string;
  emailVerified?: boolean;
  name?: string;
  flaw?: 'signature' | 'nonce' | 'audience' | 'issuer' | 'expired';
}

/** An OpenID Connect provider for tests: discovery, code with PKCE, RS256 id tokens, one key. */
export interface OidcPeer {
  readonly issuer: string;
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  /** Who signs in at it next. */
  person: OidcPerson;
  close(): Promise<void>;
}

interface Grant {
  readonly nonce: string | null;
  readonly challenge: string | null;
  readonly redirect: string;
  readonly person: OidcPerson;
}

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export async function startOidcPeer(): Promise<OidcPeer> {
  const newKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
  const own = newKeys();
  const foreign = newKeys();
  const grants = new Map<string, Grant>();
  const client = { clientId: 'purser', clientSecret: randomBytes(16).toString('hex') };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const peer: OidcPeer = {
    issuer,
    client,
    person: { sub: 'nobody', email: 'nobody@example.com' },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };

  function idToken({ person, nonce }: Grant): string {
    const { sub, email, emailVerified = true, name = 'Pat', flaw } = person;
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: flaw === 'issuer' ? 'https://evil.example' : issuer,
      aud: flaw === 'audience' ? 'another-client' : client.clientId,
      ...{ sub, email, email_verified: emailVerified, name, iat: now - 7_200 * Number(flaw === 'expired') },
      exp: flaw === 'expired' ? now - 3_600 : now + 300,
      ...(nonce && { nonce: flaw === 'nonce' ? 'another' : nonce }),
    };
    const signed = `${base64({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${base64(claims)}`;
    const { privateKey } = flaw === 'signature' ? foreign : own;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url')}`;
  }

  function authorize(query: URLSearchParams, response: ServerResponse): void {
    const code = randomBytes(8).toString('hex');
    const redirect = query.get('redirect_uri') ?? '';
    const [nonce, challenge] = [query.get('nonce'), query.get('code_challenge')];
    grants.set(code, { nonce, challenge, redirect, person: peer.person });
    const back = new URL(redirect);
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    response.writeHead(302, { location: back.href }).end();
  }

  async function token(request: IncomingMessage): Promise<object> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = new URLSearchParams(Buffer.concat(chunks).toString());
    const basic = Buffer.from(
      (request.headers.authorization ?? '').replace('Basic ', ''),
      'base64',
    ).toString();
    const secret = body.get('client_secret') ?? decodeURIComponent(basic.split(':')[1] ?? '');
    const grant = grants.get(body.get('code') ?? '');
    grants.delete(body.get('code') ?? '');
    const proven = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url');
    if (!grant || secret !== client.clientSecret || proven !== grant.challenge)
      return { error: 'invalid_grant' };
    if (body.get('redirect_uri') !== grant.redirect) return { error: 'invalid_grant' };
    return { token_type: 'Bearer', access_token: 'at', expires_in: 300, id_token: idToken(grant) };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer);
    if (pathname === '/authorize') return authorize(searchParams, response);
    const answers: Record<string, () => object | Promise<object>> = {
      '/.well-known/openid-configuration': () => ({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        id_token_signing_alg_values_supported: ['RS256'],
      }),
      '/keys': () => ({
        keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }],
      }),
      '/token': () => token(request),
    };
    const answer = (await answers[pathname]?.()) ?? { error: 'not_found' };
    response.writeHead('error' in answer ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  }
  return peer;
}
