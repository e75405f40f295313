// Proofs that a leaf stands in a log ("Audit leaf", "Proof of a leaf").
import { Reader, ascii, concat, hex, refuse, require, utf8 } from './bytes.mjs';
import { base64, decimal, decodeUtf8, hash32, verifyCheckpoint } from './note.mjs';
import { sha256 } from './primitives.mjs';
import { includes, leafHash } from './tree.mjs';

/** The data of a leaf that commits to an opening. */
export const commitment = (opening) => sha256(concat(ascii('entente/v1 leaf'), opening));

/** The parts of an opening but its blind: what its messages hash to, and the record without them. */
export const parseOpening = (bytes) => {
  const reader = new Reader(bytes);
  reader.take(32);
  const count = reader.big(4);
  const root = reader.take(32);
  return { count, root, record: bytes.slice(reader.at) };
};

/** From a message to the root in an opening. */
export const parsePath = (bytes) => {
  const reader = new Reader(bytes);
  const place = reader.big(4);
  const blind = reader.take(32);
  const hashes = [];
  while (reader.at < bytes.length) {
    hashes.push(reader.take(32));
  }
  require(hashes.length <= 32, 'too many hashes');
  return { place, blind, hashes };
};

/** Whether a path leads from a message to the root in an opening. */
export const names = ({ count, root }, message, { place, blind, hashes }) =>
  includes(place, count, leafHash(concat(blind, message)), hashes, root);

/** Reads the lines; the checkpoint's bytes are only cut off. */
export const parseProof = (bytes) => {
  require(bytes.length <= 4194304, 'longer than a proof may be');
  const whole = decodeUtf8(bytes);
  const split = whole.indexOf('\n\n');
  require(split >= 0, 'no blank line');
  const lines = whole.slice(0, split).split('\n');
  require(lines.shift() === 'c2sp.org/tlog-proof@v1', 'not a proof');
  let opening;
  if (lines[0]?.startsWith('extra ')) {
    opening = base64(lines.shift().slice('extra '.length));
    require(opening.length > 0, 'empty extra data');
  }
  require(lines[0]?.startsWith('index '), 'no index');
  const index = decimal(lines.shift().slice('index '.length));
  require(lines.length <= 63, 'too many hashes');
  return { index, opening, path: lines.map(hash32), checkpoint: utf8(whole.slice(split + 2)) };
};

/**
 * Checks a proof of the record that it carries, or of a commitment that is given.
 *
 * Returns index, size and, where the proof carries one, the record.
 */
export const verifyProof = (bytes, origin, pairs, given) => {
  const { index, opening, path, checkpoint } = parseProof(bytes);
  const { size, root } = verifyCheckpoint(checkpoint, origin, pairs);
  if (given === undefined && opening === undefined) {
    refuse('NOT_FOUND', 'the proof carries no record');
  }
  const data = given ?? commitment(opening);
  if (!includes(index, size, leafHash(data), path, root)) {
    refuse('HEADER_MISMATCH', 'the leaf does not stand there');
  }
  return { index, size, commitment: hex(data) };
};
