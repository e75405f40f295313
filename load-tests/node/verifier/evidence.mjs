// What a recipient's gateway states of an origin's messages ("Evidence").
import { equal, hex, refuse } from './bytes.mjs';
import { decodeUtf8 } from './note.mjs';
import { sha256 } from './primitives.mjs';
import { BYTES, VARINT, fields } from './protobuf.mjs';

const KIND_EVIDENCE = 3n;
const AGREEMENT = 'evidence';
const MOST_ITEMS = 4096;
const LAST_KIND = 12n;

/** Kinds that a recipient states once of each message, so that one item may be about several. */
const SHARED_KINDS = [6n, 7n, 8n, 9n];
const MOST_MESSAGES = 64;

const demand = (holds, reason) => {
  if (!holds) {
    refuse('EVIDENCE', reason);
  }
};

const none = new Uint8Array();

/** A message of proto3: the last of a singular field counts, each of its one wire type. */
const message = (bytes, types) => {
  const read = fields(bytes);
  read.forEach(({ number, type }) => demand(types[number] === type, 'a field that is not stated'));
  const all = (number) => read.filter((field) => field.number === number).map(({ value }) => value);
  return { all, one: (number, otherwise) => all(number).at(-1) ?? otherwise };
};

/** What an item states, once for each message that it is about. */
const item = (bytes, origin) => {
  const said = message(bytes, {
    1: BYTES, 2: VARINT, 3: BYTES, 4: BYTES, 5: BYTES, 6: BYTES, 7: BYTES, 8: BYTES, 9: BYTES, 10: BYTES,
    12: BYTES, 13: BYTES, 14: BYTES, 22: BYTES,
  });
  const id = said.one(1, none);
  const kind = said.one(2, 0n);
  const hash = said.one(8, none);
  const further = said.one(22, none);
  demand(further.length % 16 === 0 && further.length < MOST_MESSAGES * 16, 'further ids of other lengths');
  demand(further.length === 0 || SHARED_KINDS.includes(kind), 'several messages with such a kind');
  demand(id.length === 16, 'a message id of another length');
  demand(kind >= 1n && kind <= LAST_KIND, 'no such kind');
  demand(decodeUtf8(said.one(3, none)) === origin, 'the word of another agency than the origin');
  demand(said.all(5).length > 0, 'no time');
  demand(hash.length === 0 || hash.length === 32, 'a header hash of another length');
  const at = message(said.one(5, none), { 1: VARINT, 2: VARINT });
  const ids = [id];
  for (let from = 0; from < further.length; from += 16) {
    ids.push(further.subarray(from, from + 16));
  }
  return ids.map((one) => ({
    message: hex(one),
    kind: Number(kind),
    at: Number(at.one(1, 0n)),
    code: decodeUtf8(said.one(6, none)),
    headerHash: hex(hash),
  }));
};

/**
 * The items of an opened message of evidence.
 *
 * @param header the header of its envelope, parsed
 * @param about headers of the reader's own envelopes, by which those named are found
 */
export const readEvidence = (header, label, body, about) => {
  const kinds = fields(label).filter(({ number }) => number === 4);
  const agreements = fields(label).filter(({ number }) => number === 23);
  demand(kinds.at(-1)?.value === KIND_EVIDENCE, 'a label of another kind');
  demand(decodeUtf8(agreements.at(-1)?.value ?? none) === AGREEMENT, 'under another agreement');
  const batch = message(body, { 4: BYTES }).one(4);
  demand(batch !== undefined, 'a body without evidence');
  const items = message(batch, { 1: BYTES }).all(1);
  demand(items.length >= 1 && items.length <= MOST_ITEMS, 'none or too many items');
  const said = items.flatMap((bytes) => item(bytes, header.origin));
  demand(said.length <= MOST_ITEMS, 'too many messages');
  return said.map((read) => {
    const known = about.findIndex((own) => equal(sha256(own), Buffer.from(read.headerHash, 'hex')));
    return { ...read, about: known };
  });
};
