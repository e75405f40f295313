// Certificates of agencies' CAs, as far as a trust bundle asks ("Trust bundle").
import { X509Certificate } from 'node:crypto';
import { equal, require } from './bytes.mjs';

const MAX_BYTES = 8192;
const SEQUENCE = 0x30;
const OBJECT_ID = 0x06;
const OCTETS = 0x04;
const BITS = 0x03;
const KEY_USAGE = Uint8Array.of(0x55, 0x1d, 0x0f);
const KEY_CERT_SIGN = 0x04;

/** The DER elements that stand in bytes one behind the other: tag and content. */
const elements = (bytes) => {
  const out = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at];
    let length = bytes[at + 1];
    let start = at + 2;
    if (length >= 0x80) {
      const octets = length & 0x7f;
      length = bytes.slice(start, start + octets).reduce((sum, byte) => sum * 256 + byte, 0);
      start += octets;
    }
    require(start + length <= bytes.length, 'a certificate that is cut');
    out.push({ tag, content: bytes.slice(start, start + length) });
    at = start + length;
  }
  return out;
};

const EXTENSIONS = 0xa3;

/** Whether the extension key usage is there and has the bit keyCertSign. */
const maySign = (der) => {
  const [certificate] = elements(der);
  const [body] = elements(certificate.content);
  const wrapped = elements(body.content).find(({ tag }) => tag === EXTENSIONS);
  const list = wrapped === undefined ? [] : elements(elements(wrapped.content)[0].content);
  const usage = list
    .map(({ content }) => elements(content))
    .find(([id]) => id.tag === OBJECT_ID && equal(id.content, KEY_USAGE));
  const octets = usage?.find(({ tag }) => tag === OCTETS);
  const bits = octets && elements(octets.content).find(({ tag }) => tag === BITS);
  return bits !== undefined && bits.content.length > 1 && (bits.content[1] & KEY_CERT_SIGN) !== 0;
};

const known = new Map();

/** The public key of a CA's certificate, as DER, which tells one authority from another. */
export const authorityKey = (der) => {
  const name = Buffer.from(der).toString('base64');
  if (!known.has(name)) {
    known.set(name, readKey(der));
  }
  return known.get(name);
};

const readKey = (der) => {
  require(der.length <= MAX_BYTES && der[0] === SEQUENCE, 'not a certificate');
  let certificate;
  let key;
  try {
    certificate = new X509Certificate(der);
    key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  } catch {
    require(false, 'not a certificate');
  }
  require(equal(certificate.raw, der), 'bytes after a certificate');
  require(certificate.ca && maySign(der), 'a certificate that may not sign others');
  return key;
};
