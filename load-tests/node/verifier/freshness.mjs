// What witnesses state about the newest trust bundle ("Freshness statement").
import { isFederation, refuse, require } from './bytes.mjs';
import {
  agency,
  fingerprint,
  object,
  parseJson,
  readSignedBundle,
  text,
  time,
  whole,
} from './bundle.mjs';
import { base64, keyOf, parseNote, verifyNote } from './note.mjs';

const MAX_BYTES = 8192;
const SKEW = 300_000;

const statement = object({
  federation: text(isFederation, 'a federation'),
  agency,
  version: whole,
  hash: fingerprint,
  stated: time,
});

const signedBy = (note, said, pair) => {
  const name = `entente/${said.federation}/${said.agency}/${pair.id}`;
  const keys = [
    keyOf(name, 'ed25519', base64(pair.ed25519)),
    keyOf(name, 'ml-dsa-44 note', base64(pair.mldsa44)),
  ];
  try {
    return verifyNote(note, keys).size === keys.length;
  } catch (error) {
    if (error.code === 'BAD_SIGNATURE') {
      return false;
    }
    throw error;
  }
};

/** What a witness of a bundle states, at a time (milliseconds). */
export const verifyFreshness = (noteBytes, bundleBytes, rootsFile, now) => {
  const bundle = readSignedBundle(bundleBytes, rootsFile);
  require(noteBytes.length <= MAX_BYTES, 'longer than a statement may be');
  const note = parseNote(noteBytes);
  const end = note.text.indexOf('\n');
  const said = parseJson(note.text.slice(end + 1), statement);
  require(
    note.text.slice(0, end) === `entente/${said.federation}/trust-freshness` &&
      said.federation === bundle.federation,
    'no statement of this federation',
  );
  const member = bundle.agencies.find(({ name }) => name === said.agency);
  if (member === undefined || !member.roles.includes('WITNESS')) {
    refuse('UNKNOWN_PEER', 'no witness');
  }
  if (Date.parse(said.stated) > now + SKEW) {
    refuse('EXPIRED', 'stated in the future');
  }
  const valid = member.signing.filter(
    (pair) => Date.parse(pair.not_before) <= now && now <= Date.parse(pair.not_after),
  );
  if (!valid.some((pair) => signedBy(note, said, pair))) {
    refuse('BAD_SIGNATURE', 'not signed by both keys of a pair of the witness');
  }
  return said;
};
