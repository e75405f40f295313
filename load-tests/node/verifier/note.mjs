// Signed notes and checkpoints ("Signed notes", "Checkpoints").
import { ascii, concat, equal, hex, refuse, require, u64, u8, utf8 } from './bytes.mjs';
import { ed25519Verifies, isEd25519Key, mlDsa44Verifies, sha256 } from './primitives.mjs';

const MAX_BYTES = 4194304;
const MAX_SIGNATURES = 64;
const MAX_U63 = (1n << 63n) - 1n;
// The last second of the year 9999.
const MAX_SECONDS = 253402300799n;
const PREFIX = '\u2014 ';
// Unicode's White_Space above U+0020.
const NO_NAME = /[\u0000- +\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Base 64 in the one form that an encoder writes. */
export const base64 = (text) => {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  require(Buffer.from(bytes).toString('base64') === text, 'not canonical Base 64');
  return bytes;
};

/** Text of strict UTF-8; a byte order mark is a character like any other. */
export const decodeUtf8 = (bytes) => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return require(false, 'not UTF-8');
  }
};

const keyName = (text) => {
  require(text.length > 0 && !NO_NAME.test(text), 'not a key name');
  return text;
};

// Keys --------------------------------------------------------------------------------------------

const TYPES = [
  { type: 'ed25519', identifier: ascii('\x01'), bytes: 32, timed: false },
  { type: 'ed25519 cosignature', identifier: ascii('\x04'), bytes: 32, timed: true },
  { type: 'ml-dsa-44 cosignature', identifier: ascii('\x06'), bytes: 1312, timed: true },
  {
    type: 'ml-dsa-44 note',
    identifier: concat(ascii('\xff'), ascii('entente/v1 ml-dsa-44 note')),
    bytes: 1312,
    timed: false,
  },
];

const key = (name, { type, identifier, timed }, publicKey) => {
  const material = concat(identifier, publicKey);
  const id = hex(sha256(utf8(`${name}\n`), material).slice(0, 4));
  return { name, type, timed, publicKey, id, vkey: `${name}+${id}+${Buffer.from(material).toString('base64')}` };
};

/** A key of a name and type. */
export const keyOf = (name, type, publicKey) =>
  key(name, TYPES.find((one) => one.type === type), publicKey);

const parsed = new Map();

/** Reads `name+id+base64`. Cases share keys. */
export const parseVkey = (text) => {
  if (!parsed.has(text)) {
    parsed.set(text, readVkey(text));
  }
  return parsed.get(text);
};

const readVkey = (text) => {
  const first = text.indexOf('+');
  const second = text.indexOf('+', first + 1);
  require(first >= 0 && second >= 0, 'not a vkey');
  const name = keyName(text.slice(0, first));
  const material = base64(text.slice(second + 1));
  const type = TYPES.find(
    ({ identifier, bytes }) =>
      material.length === identifier.length + bytes &&
      equal(material.slice(0, identifier.length), identifier),
  );
  require(type !== undefined, 'a key of another type');
  const found = key(name, type, material.slice(type.identifier.length));
  require(type.bytes !== 32 || isEd25519Key(found.publicKey), 'an Ed25519 key that is none');
  require(found.vkey === text, 'the id of another key');
  return found;
};

// Notes -------------------------------------------------------------------------------------------

const parseLine = (line) => {
  require(line.startsWith(PREFIX), 'not a signature line');
  const space = line.indexOf(' ', PREFIX.length);
  require(space >= 0, 'not a signature line');
  const name = keyName(line.slice(PREFIX.length, space));
  const blob = base64(line.slice(space + 1));
  require(blob.length > 4, 'an empty signature');
  return { name, id: hex(blob.slice(0, 4)), signature: blob.slice(4) };
};

/** Text and signature lines; nothing is verified. */
export const parseNote = (bytes) => {
  require(bytes.length <= MAX_BYTES, 'longer than a note may be');
  const whole = decodeUtf8(bytes);
  // eslint-disable-next-line no-control-regex
  require(!/[\u0000-\u0009\u000b-\u001f]/.test(whole), 'a control character');
  require(whole.endsWith('\n'), 'no final newline');
  const split = whole.lastIndexOf('\n\n');
  require(split >= 0, 'no blank line');
  const text = whole.slice(0, split + 1);
  const block = whole.slice(split + 2);
  require(block.length > 0, 'no signature');
  const lines = block.slice(0, -1).split('\n');
  require(lines.length <= MAX_SIGNATURES, 'too many signatures');
  require(new Set(lines).size === lines.length, 'a signature line twice');
  return { text, signatures: lines.map(parseLine) };
};

const message = ({ name, type }, text, seconds) => {
  if (type === 'ed25519') {
    return utf8(text);
  }
  if (type === 'ml-dsa-44 note') {
    return utf8(`${name}\n${text}`);
  }
  const checkpoint = checkpointOrNothing(text);
  if (checkpoint === undefined) {
    return undefined;
  }
  if (type === 'ed25519 cosignature') {
    return utf8(`cosignature/v1\ntime ${seconds}\n${text}`);
  }
  const cosigner = utf8(name);
  const origin = utf8(checkpoint.origin);
  if (cosigner.length > 255 || origin.length > 255) {
    return undefined;
  }
  return concat(
    ascii('subtree/v1\n\0'),
    u8(cosigner.length),
    cosigner,
    u64(seconds),
    u8(origin.length),
    origin,
    u64(0),
    u64(checkpoint.size),
    checkpoint.root,
  );
};

const verifies = (known, text, line) => {
  let { signature } = line;
  let seconds = 0n;
  if (known.timed) {
    if (signature.length < 8 || signature[0] >= 0x80) {
      return false;
    }
    seconds = BigInt(`0x${hex(signature.slice(0, 8))}`);
    if (seconds > MAX_SECONDS) {
      return false;
    }
    signature = signature.slice(8);
  }
  const signed = message(known, text, seconds);
  if (signed === undefined) {
    return false;
  }
  if (known.type.startsWith('ed25519')) {
    return ed25519Verifies(known.publicKey, signed, signature);
  }
  const context = known.type === 'ml-dsa-44 note' ? ascii('entente/v1 note') : undefined;
  return mlDsa44Verifies(known.publicKey, signed, signature, context);
};

/** The known keys that signed, by their vkeys; refused unless all of their signatures are good. */
export const verifyNote = (note, keys) => {
  const known = new Map();
  for (const one of new Map(keys.map((k) => [k.vkey, k])).values()) {
    const reference = `${one.name}+${one.id}`;
    if (known.has(reference)) {
      refuse('BAD_SIGNATURE', 'two known keys share name and id');
    }
    known.set(reference, one);
  }
  const signed = new Set();
  for (const line of note.signatures) {
    const signer = known.get(`${line.name}+${line.id}`);
    if (signer !== undefined) {
      if (signed.has(signer.vkey)) {
        refuse('BAD_SIGNATURE', `more than one signature of ${signer.name}`);
      }
      if (!verifies(signer, note.text, line)) {
        refuse('BAD_SIGNATURE', `the signature of ${signer.name} does not verify`);
      }
      signed.add(signer.vkey);
    }
  }
  if (signed.size === 0) {
    refuse('BAD_SIGNATURE', 'no signature of a known key');
  }
  return signed;
};

// Checkpoints -------------------------------------------------------------------------------------

export const hash32 = (text) => {
  const bytes = base64(text);
  require(bytes.length === 32, 'not a hash');
  return bytes;
};

/** A decimal from 0 to 2^63 - 1 in its shortest form. */
export const decimal = (text) => {
  require(/^(0|[1-9][0-9]{0,18})$/.test(text) && BigInt(text) <= MAX_U63, 'not a number');
  return BigInt(text);
};

export const parseCheckpoint = (text) => {
  require(text.endsWith('\n'), 'no final newline');
  const lines = text.slice(0, -1).split('\n');
  require(lines.length >= 3, 'fewer than three lines');
  // eslint-disable-next-line no-control-regex
  require(lines.every((line) => line.length > 0 && !/[\u0000-\u001f]/.test(line)), 'not a line');
  const [origin, size, root, ...extensions] = lines;
  return { origin, size: decimal(size), root: hash32(root), extensions };
};

const checkpointOrNothing = (text) => {
  try {
    return parseCheckpoint(text);
  } catch (error) {
    if (error.code === 'MALFORMED') {
      return undefined;
    }
    throw error;
  }
};

/** Seconds that a note's line of a key states. */
export const secondsOf = (note, { name, id }) => {
  const line = note.signatures.find((one) => one.name === name && one.id === id);
  return BigInt(`0x${hex(line.signature.slice(0, 8))}`);
};

/** A log's checkpoint, signed by both keys of one of its pairs, which state one time. */
export const verifyCheckpoint = (bytes, origin, pairs) => {
  const note = parseNote(bytes);
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== origin) {
    refuse('HEADER_MISMATCH', 'the checkpoint of another log');
  }
  require(checkpoint.extensions.length === 0, 'extension lines');
  require(checkpoint.size > 0n || equal(checkpoint.root, sha256()), 'no root of an empty log');
  const both = pairs.map((pair) => [
    keyOf(origin, 'ed25519 cosignature', pair.slice(0, 32)),
    keyOf(origin, 'ml-dsa-44 cosignature', pair.slice(32)),
  ]);
  const signed = verifyNote(note, both.flat());
  const isSigned = ([classical, quantum]) =>
    signed.has(classical.vkey) &&
    signed.has(quantum.vkey) &&
    secondsOf(note, classical) === secondsOf(note, quantum);
  if (!both.some(isSigned)) {
    refuse('BAD_SIGNATURE', 'not signed by both keys of a pair at one time');
  }
  return checkpoint;
};
