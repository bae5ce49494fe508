import { createHash, createHmac, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/** Instead of the library's slow hashing, where a test is about something else. */
export const quickPasswords = {
  hash: async (password: string) => createHash('sha256').update(password).digest('hex'),
  verify: async ({ hash, password }: { hash: string; password: string }) =>
    createHash('sha256').update(password).digest('hex') === hash,
};

/** What an authenticator app shows for an `otpauth://` address (RFC 6238), `steps` half minutes from now. */
export function appCode(uri: string, at: Date = new Date(), steps = 0): string {
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 30_000) + steps));
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

function fromBase32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text.replace(/=+$/, '')]
    .map((sign) => alphabet.indexOf(sign).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** A device with one passkey (WebAuthn Level 3, attestation `none`, ES256), as good or bad as a test wants it. */
export interface Device {
  create(options: { challenge: string }): Record<string, unknown>;
  get(options: { challenge: string }, how?: { verified?: boolean; origin?: string }): Record<string, unknown>;
}

const userPresent = 0x01;
const userVerified = 0x04;
const attested = 0x40;

export function createDevice({
  rpId,
  origin,
  verified = true,
}: {
  rpId: string;
  origin: string;
  verified?: boolean;
}): Device {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(16);
  let counter = 0;

  function data(flags: number, extra: Buffer = Buffer.alloc(0)): Buffer {
    counter += 1;
    const head = Buffer.alloc(37);
    createHash('sha256').update(rpId).digest().copy(head);
    head[32] = flags;
    head.writeUInt32BE(counter, 33);
    return Buffer.concat([head, extra]);
  }
  const client = (type: string, challenge: string, from: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: from, crossOrigin: false }));
  const answer = (response: Record<string, string>) => ({
    ...{ id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key' },
    ...{ clientExtensionResults: {}, response },
  });

  return {
    create({ challenge }) {
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
      const cose = Buffer.concat([
        Buffer.from('a5010203262001215820', 'hex'),
        Buffer.from(x, 'base64url'),
        Buffer.from('225820', 'hex'),
        Buffer.from(y, 'base64url'),
      ]);
      const credential = Buffer.concat([Buffer.alloc(16), Buffer.of(0, id.length), id, cose]);
      const flags = userPresent | attested | (verified ? userVerified : 0);
      const authData = data(flags, credential);
      const attestation = Buffer.concat([
        Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex'),
        Buffer.of(authData.length),
        authData,
      ]);
      return answer({
        clientDataJSON: client('webauthn.create', challenge, origin).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
      });
    },
    get({ challenge }, how = {}) {
      const clientData = client('webauthn.get', challenge, how.origin ?? origin);
      const authData = data(userPresent | ((how.verified ?? verified) ? userVerified : 0));
      const hash = createHash('sha256').update(clientData).digest();
      const signature = createSign('sha256')
        .update(Buffer.concat([authData, hash]))
        .sign(privateKey);
      return answer({
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: signature.toString('base64url'),
      });
    },
  };
}
