import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

/** For tests: a certificate that signs itself, for `localhost`, a day long (RFC 5280, ECDSA with P-256), as PEM. */
export function selfSigned(): { cert: string; key: string } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));
  // commonName
  const name = sequence(
    tagged(0x31, sequence(Buffer.from('0603550403', 'hex'), tagged(0x0c, Buffer.from('localhost')))),
  );
  const hour = 3_600_000;
  const time = (ms: number) =>
    tagged(0x18, Buffer.from(`${new Date(Date.now() + ms).toISOString().replace(/[-:T]|\.\d+/g, '')}`));
  // subjectAltName: dNSName
  const names = sequence(
    Buffer.from('0603551d11', 'hex'),
    tagged(0x04, sequence(tagged(0x82, Buffer.from('localhost')))),
  );
  const body = sequence(
    tagged(0xa0, Buffer.from('020102', 'hex')),
    Buffer.from('020101', 'hex'),
    ecdsaWithSha256,
    name,
    sequence(time(-hour), time(24 * hour)),
    name,
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(names)),
  );
  const signature = tagged(0x03, Buffer.concat([Buffer.of(0), sign('sha256', body, privateKey)]));
  const whole = sequence(body, ecdsaWithSha256, signature).toString('base64');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${whole.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** DER: a tag, the length in one or three octets, the contents. */
function tagged(tag: number, contents: Buffer): Buffer {
  const { length } = contents;
  const size = length < 128 ? Buffer.of(length) : Buffer.of(0x82, length >> 8, length & 255);
  // Lengths under 256 take two octets in DER, and no leading zero.
  const shortest = length >= 128 && length < 256 ? Buffer.of(0x81, length) : size;
  return Buffer.concat([Buffer.of(tag), shortest, contents]);
}

const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));
