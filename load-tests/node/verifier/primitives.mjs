// The primitives of suite 1 ("Primitives of suite 1"), from the noble libraries.
import { ctr, gcm } from '@noble/ciphers/aes.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as noble256, sha512 } from '@noble/hashes/sha2.js';
import { sha3_256, shake256 } from '@noble/hashes/sha3.js';
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { ascii, concat, equal, hex, u16, u32 } from './bytes.mjs';

export const sha256 = (...parts) => noble256(concat(...parts));

/**
 * HKDF-Expand (RFC 5869, section 2.3). Written out, since noble's refuses what chunked encryption
 * asks for: a key that is shorter than the hash.
 */
const hkdfExpand = (hash, key, info, length) => {
  let block = new Uint8Array(0);
  let out = block;
  for (let i = 1; out.length < length; i += 1) {
    block = hmac(hash, key, concat(block, info, Uint8Array.of(i)));
    out = concat(out, block);
  }
  return out.slice(0, length);
};

export const expand = (key, ...info) => hkdfExpand(noble256, key, concat(...info), 32);

export const hmac256 = (key, ...parts) => hmac(noble256, key, concat(...parts));

export const NO_NONCE = new Uint8Array(12);

/** The plaintext, or nothing where the tag does not fit. */
export const gcmOpen = (key, nonce, aad, sealed) => {
  if (sealed.length < 16) {
    return undefined;
  }
  try {
    return gcm(key, nonce, aad).decrypt(sealed);
  } catch {
    return undefined;
  }
};

/** AES-256-CTR keystream from the counter block 0. */
export const keystream = (key, length) =>
  ctr(key, new Uint8Array(16)).encrypt(new Uint8Array(length));

// Ed25519 -----------------------------------------------------------------------------------------

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;

const littleEndian = (bytes) =>
  bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

/** The point of a canonical encoding; nothing for any other bytes. */
const point = (encoded) => {
  try {
    return Point.fromBytes(encoded, false);
  } catch {
    return undefined;
  }
};

const keys = new Map();

/** The point of a key; nothing unless it is canonical and of prime order. Cases share keys. */
const keyPoint = (encoded) => {
  const known = hex(encoded);
  if (!keys.has(known)) {
    const key = encoded.length === 32 ? point(encoded) : undefined;
    keys.set(known, key !== undefined && !key.is0() && key.isTorsionFree() ? key : undefined);
  }
  return keys.get(known);
};

/** Whether 32 bytes are a canonical point of prime order. */
export const isEd25519Key = (encoded) => keyPoint(encoded) !== undefined;

/** S below the order, R canonical and of prime order, [S]B = R + [k]A without the cofactor. */
export const ed25519Verifies = (key, message, signature) => {
  const a = keyPoint(key);
  if (signature.length !== 64 || a === undefined) {
    return false;
  }
  const first = signature.slice(0, 32);
  const s = littleEndian(signature.slice(32));
  const r = point(first);
  if (r === undefined || r.is0() || s >= ORDER) {
    return false;
  }
  const k = littleEndian(sha512(concat(first, key, message))) % ORDER;
  // As A is of prime order, so is every R that satisfies this.
  return Point.BASE.multiplyUnsafe(s).equals(r.add(a.multiplyUnsafe(k)));
};

// Pairs -------------------------------------------------------------------------------------------

export const PAIR_SIGNATURE_BYTES = 64 + 2420;

export const mlDsa44Verifies = (key, message, signature, context = new Uint8Array(0)) =>
  key.length === 1312 &&
  signature.length === 2420 &&
  ml_dsa44.verify(signature, message, key, { context });

/** A pair is an Ed25519 key and then an ML-DSA-44 key; both must verify over the same message. */
export const pairVerifies = (pair, message, signature) =>
  pair.length === 32 + 1312 &&
  signature.length === PAIR_SIGNATURE_BYTES &&
  ed25519Verifies(pair.slice(0, 32), message, signature.slice(0, 64)) &&
  mlDsa44Verifies(pair.slice(32), message, signature.slice(64));

// X-Wing and HPKE ---------------------------------------------------------------------------------

const FIELD = (1n << 255n) - 19n;

/** Whether an X25519 value takes some clamped scalar to zero, and so every one. */
const isLowOrder = (value) => {
  try {
    x25519.getSharedSecret(new Uint8Array(32), value);
    return false;
  } catch {
    return true;
  }
};

/** ML-KEM-768 coefficients reduced, X25519 point canonical and not of low order. */
export const isXWingKey = (key) => {
  if (key.length !== 1216) {
    return false;
  }
  for (let at = 0; at < 1152; at += 3) {
    const three = key[at] | (key[at + 1] << 8) | (key[at + 2] << 16);
    if ((three & 0xfff) >= 3329 || three >>> 12 >= 3329) {
      return false;
    }
  }
  const x = key.slice(1184);
  return littleEndian(x) < FIELD && !isLowOrder(x);
};

const expansions = new Map();

/** Public and private halves of an X-Wing seed of 32 bytes. Cases share recipients. */
const xwing = (seed) => {
  const known = hex(seed);
  if (!expansions.has(known)) {
    expansions.set(known, expandSeed(seed));
  }
  return expansions.get(known);
};

const expandSeed = (seed) => {
  const expanded = shake256(seed, { dkLen: 96 });
  const kem = ml_kem768.keygen(expanded.slice(0, 64));
  const x = expanded.slice(64);
  return { kem, x, xPublic: x25519.getPublicKey(x) };
};

export const xwingPublicKey = (seed) => {
  const { kem, xPublic } = xwing(seed);
  return concat(kem.publicKey, xPublic);
};

/** The shared secret; nothing where the X25519 half of enc is of low order. */
const xwingDecapsulate = (seed, enc) => {
  const { kem, x, xPublic } = xwing(seed);
  const second = enc.slice(1088);
  if (isLowOrder(second)) {
    return undefined;
  }
  const shared = x25519.getSharedSecret(x, second);
  const first = ml_kem768.decapsulate(enc.slice(0, 1088), kem.secretKey);
  return sha3_256(concat(first, shared, second, xPublic, ascii('\\.//^\\')));
};

const HPKE_SUITE = concat(ascii('HPKE'), u16(0x647a), u16(0x0001), u16(0x0002));
const BASE_MODE = Uint8Array.of(0);
const extract = (salt, label, ikm) =>
  hmac(noble256, salt, concat(ascii('HPKE-v1'), HPKE_SUITE, ascii(label), ikm));
const labeled = (secret, label, info, length) =>
  hkdfExpand(
    noble256,
    secret,
    concat(u16(length), ascii('HPKE-v1'), HPKE_SUITE, ascii(label), info),
    length,
  );

/** The exported secret of 32 bytes at the recipient (RFC 9180, base mode). */
export const hpkeExport = (seed, enc, info, exporterContext) => {
  const shared = xwingDecapsulate(seed, enc);
  if (shared === undefined) {
    return undefined;
  }
  const nothing = new Uint8Array(0);
  const schedule = concat(
    BASE_MODE,
    extract(nothing, 'psk_id_hash', nothing),
    extract(nothing, 'info_hash', info),
  );
  const secret = extract(shared, 'secret', nothing);
  const exporter = labeled(secret, 'exp', schedule, 32);
  return labeled(exporter, 'sec', exporterContext, 32);
};

// C2SP chunked encryption, Cobblestone-256 --------------------------------------------------------

const SALT = 24;
const PREFIX = SALT + 32;
const CHUNK = 16384 + 16;

/** The message, or nothing where any of it is not as its sealer left it. */
export const chunkedOpen = (key, context, sealed) => {
  if (sealed.length < PREFIX) {
    return undefined;
  }
  const salt = sealed.slice(0, SALT);
  const info = concat(
    ascii('c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0'),
    salt,
    context,
  );
  const derived = hkdfExpand(sha512, key, info, 32 + 12 + 32);
  if (!equal(derived.slice(44), sealed.slice(SALT, PREFIX))) {
    return undefined;
  }
  const chunks = [];
  for (let at = PREFIX, counter = 0; ; at += CHUNK, counter += 1) {
    const chunk = sealed.slice(at, at + CHUNK);
    const nonce = derived.slice(32, 44);
    u32(counter).forEach((byte, i) => {
      nonce[8 + i] ^= byte;
    });
    const opened = gcmOpen(derived.slice(0, 32), nonce, undefined, chunk);
    if (opened === undefined) {
      return undefined;
    }
    chunks.push(opened);
    if (chunk.length < CHUNK) {
      return concat(...chunks);
    }
  }
};
