// Envelope header, labels and bodies ("Envelope header", "Labels", "Bodies").
import { Reader, ascii, concat, equal, name, refuse, require, u32 } from './bytes.mjs';
import {
  NO_NONCE,
  chunkedOpen,
  ed25519Verifies,
  expand,
  gcmOpen,
  keystream,
  sha256,
} from './primitives.mjs';
import { BYTES, fields, isShortest, packed, varint } from './protobuf.mjs';

const MAX_MESSAGES = 4096;
const MAX_LABEL = 65536;
const MAX_LABELS = 8388608;
const MAX_BODIES = 67108864;
const TAG = 16;

export const parseHeader = (bytes) => {
  const in_ = new Reader(bytes);
  in_.exactly(1, 'version');
  in_.exactly(1, 'suite');
  const lane = in_.lane();
  const flags = in_.u8();
  require(flags <= 1, 'unknown flags');
  const count = in_.u16();
  require(count >= 1 && count <= MAX_MESSAGES, 'count out of range');
  const origin = in_.agency();
  const gateway = in_.gateway();
  const id = in_.take(16);
  const created = in_.time();
  const expires = in_.time();
  require(expires > created, 'expires before it was created');
  const labelsLength = in_.u32();
  require(labelsLength >= 1 && labelsLength <= MAX_LABELS, 'labels length out of range');
  const bodiesLength = in_.u32();
  require(bodiesLength >= 1 && bodiesLength <= MAX_BODIES, 'bodies length out of range');
  const commitment = in_.take(32);
  in_.end();
  const exercise = flags === 1;
  return {
    bytes, lane, exercise, count, origin, gateway, id, created, expires,
    labelsLength, bodiesLength, commitment, hash: sha256(bytes),
  };
};

/** Header and parts of the lengths that it states; nothing is verified. */
export const parseEnvelope = ({ header, signature, labels, bodies }) => {
  const parsed = parseHeader(header);
  require(signature.length === 64, 'a signature of another length');
  require(labels.length === parsed.labelsLength, 'labels of another length');
  require(bodies.length === parsed.bodiesLength, 'bodies of another length');
  return { header: parsed, signature, labels, bodies };
};

export const isSignedBy = (envelope, gatewayKey) =>
  ed25519Verifies(
    gatewayKey,
    concat(ascii('entente/v1 envelope\0'), envelope.header.bytes),
    envelope.signature,
  );

export const isContent = ({ header, labels, bodies }) =>
  equal(
    sha256(ascii('entente/v1 content'), sha256(labels), sha256(bodies)),
    header.commitment,
  );

/** What is under the sealed labels: canonical protobuf of `labels` (1) and `body_lengths` (2). */
export const parseLabels = (plaintext, count) => {
  const all = fields(plaintext);
  require(all.every(isShortest), 'not the shortest encoding');
  all.slice(1).forEach((field, i) => {
    require(all[i].number <= field.number, 'fields are not in ascending order');
    require(
      all[i].number < field.number || all[i].type === field.type,
      'a field of two wire types',
    );
  });
  const known = all.filter(({ number }) => number <= 2);
  require(known.every(({ type }) => type === BYTES), 'labels or lengths of another wire type');
  const labels = known.filter(({ number }) => number === 1).map(({ value }) => value);
  const runs = known.filter(({ number }) => number === 2);
  require(runs.length === 1, 'lengths are not in one run');
  const lengths = packed(runs[0].value);
  require(equal(concat(...lengths.map(varint)), runs[0].value), 'not the shortest varints');
  require(lengths.every((length) => length < 1n << 32n), 'a length of more than 32 bits');
  require(labels.length === count && lengths.length === count, 'not as many as the header counts');
  require(
    labels.every((label) => label.length >= 1 && label.length <= MAX_LABEL),
    'length of a label out of range',
  );
  return { labels, lengths };
};

/** The Padmé length: rounded up to a multiple of 2^(E-S). */
export const padme = (length) => {
  const e = Math.floor(Math.log2(length));
  const s = Math.floor(Math.log2(e)) + 1;
  const unit = 2 ** Math.max(0, e - s);
  return Math.ceil(length / unit) * unit;
};

export const labelContext = ({ origin, id }) =>
  concat(ascii('entente/v1 label'), name(origin), id);

export const bodyKey = (contentKey, index) =>
  expand(contentKey, ascii('entente/v1 body'), u32(index));

export const openBody = ({ origin, id }, index, key, sealed) =>
  gcmOpen(
    key,
    NO_NONCE,
    concat(ascii('entente/v1 body'), name(origin), id, u32(index)),
    sealed,
  );

/**
 * Labels and bodies under a content key. Whatever is wrong is one refusal without a reason, as
 * step 4 of "Opening, step by step" asks; a body that does not open leaves the labels as they are.
 */
export const openContent = ({ header, labels, bodies }, contentKey) => {
  const closed = () => refuse('CANNOT_OPEN', 'does not open');
  const plaintext = chunkedOpen(contentKey, labelContext(header), labels);
  if (plaintext === undefined) {
    closed();
  }
  let parsed;
  try {
    parsed = parseLabels(plaintext, header.count);
  } catch (refusal) {
    if (refusal.code !== 'MALFORMED') {
      throw refusal;
    }
    closed();
  }
  const lengths = parsed.lengths.map(Number);
  const sum = lengths.reduce((total, length) => total + length + TAG, 0);
  if (sum > MAX_BODIES || padme(sum) !== bodies.length) {
    closed();
  }
  const padding = keystream(expand(contentKey, ascii('entente/v1 pad')), bodies.length - sum);
  if (!equal(padding, bodies.slice(sum))) {
    closed();
  }
  let at = 0;
  const opened = lengths.map((length, index) => {
    at += length + TAG;
    const sealed = bodies.slice(at - length - TAG, at);
    return openBody(header, index, bodyKey(contentKey, index), sealed);
  });
  return { labels: parsed.labels, bodies: opened, plaintext };
};
