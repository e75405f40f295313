// Proofs that a leaf stands in a log ("Audit leaf", "Proof of a leaf").
import { ascii, concat, hex, refuse, require, utf8 } from './bytes.mjs';
import { base64, decimal, decodeUtf8, hash32, verifyCheckpoint } from './note.mjs';
import { sha256 } from './primitives.mjs';
import { includes, leafHash } from './tree.mjs';

/** The data of a leaf that commits to a blind and a record. */
export const commitment = (blindAndRecord) => sha256(concat(ascii('entente/v1 leaf'), blindAndRecord));

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
