// Proofs about a message in one file ("Message proof").
import { readSignedBundle } from './bundle.mjs';
import { Refused, ascii, concat, equal, fromHex, isAgency, isFederation, refuse } from './bytes.mjs';
import { parseHeader } from './envelope.mjs';
import { base64, decodeUtf8, keyOf, parseCheckpoint, parseNote, secondsOf, verifyCheckpoint, verifyNote } from './note.mjs';
import { ed25519Verifies, sha256 } from './primitives.mjs';
import { commitment, names, parseOpening, parsePath, parseProof } from './proof.mjs';
import { BYTES, VARINT, fields, isShortest } from './protobuf.mjs';
import { isSignedByAgency } from './frame.mjs';
import { parseAnnouncement } from './session.mjs';
import { parseKeyBundle, verifyKeyBundle } from './statements.mjs';
import { includes, leafHash } from './tree.mjs';

const MAX_BYTES = 8388608;
const SKEW = 300_000;
const GRACE = 259_200_000;
const ACCEPTED = 1n;
const RECEIVED = 4n;

/** Does something; whatever is refused in it is the fault of one part. */
const part = (code, work) => {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) {
      refuse(code, error.message);
    }
    throw error;
  }
};

const demand = (code, holds, reason) => {
  if (!holds) {
    refuse(code, reason);
  }
};

// The file ----------------------------------------------------------------------------------------

const NAMES = [/^message$/, /^path$/, /^header$/, /^signature$/, /^(announcement|key-bundle)$/, /^bundle$/];

const parseFile = (bytes) => {
  demand('FILE', bytes.length <= MAX_BYTES, 'longer than a proof may be');
  const whole = decodeUtf8(bytes);
  const split = whole.indexOf('\n\n');
  demand('FILE', split >= 0, 'no blank line');
  const [first, ...lines] = whole.slice(0, split).split('\n');
  demand('FILE', first === 'entente/v1 message proof', 'not a message proof');
  demand('FILE', lines.length === NAMES.length, 'another number of lines');
  const named = lines.map((line, i) => {
    const space = line.indexOf(' ');
    const name = line.slice(0, Math.max(space, 0));
    demand('FILE', NAMES[i].test(name), 'another line');
    return { name, value: line.slice(space + 1) };
  });
  const message = named[0].value;
  demand('FILE', /^[0-9a-f]{32}$/.test(message), 'not a message id');
  const [steps, header, signature, voucher, bundle] = named.slice(1).map(({ value }) => base64(value));
  const path = parsePath(steps);
  const leaf = parseProof(new Uint8Array(Buffer.from(whole.slice(split + 2), 'utf8')));
  const note = parseNote(leaf.checkpoint);
  return { message, path, header, signature, voucher, kind: named[4].name, bundle, leaf, note };
};

// Who signed what, and when -----------------------------------------------------------------------

const pairBytes = ({ ed25519, mldsa44 }) => concat(base64(ed25519), base64(mldsa44));
const validAt = (ms) => (pair) =>
  ms >= Date.parse(pair.not_before) && ms <= Date.parse(pair.not_after);

const lineOf = (note, key) =>
  note.signatures.find((line) => line.name === key.name && line.id === key.id);

const ORIGIN = /^entente\/([^/]+)\/([^/]+)\/([a-z0-9][a-z0-9-]{0,31})(?:\/([1-9][0-9]{0,9}))?$/;

const parseOrigin = (line) => {
  const match = ORIGIN.exec(line);
  demand('CHECKPOINT', match !== null, 'not of a log of a gateway');
  const [, federation, agency, gateway, number] = match;
  const known = number === undefined || (Number(number) >= 2 && Number(number) < 2 ** 31);
  demand('CHECKPOINT', known && isFederation(federation) && isAgency(agency), 'no log');
  return { federation, agency, gateway };
};

/** The checkpoint and the time that the signing pair states; that pair was valid then. */
const judgeCheckpoint = (bytes, note, origin, pairs) => {
  const verify = (some) => {
    const checkpoint = verifyCheckpoint(bytes, origin, some.map(pairBytes));
    // verifyCheckpoint has verified every line of these keys.
    const signed = some.map((pair) => both(origin, pair)).find((keys) => isAtOneTime(note, keys));
    return { ...checkpoint, seconds: secondsOf(note, signed[1]) };
  };
  const { seconds } = verify(pairs);
  return verify(pairs.filter(validAt(Number(seconds) * 1000)));
};

const isAtOneTime = (note, keys) =>
  keys.every((key) => lineOf(note, key)) && secondsOf(note, keys[0]) === secondsOf(note, keys[1]);

const both = (name, { ed25519, mldsa44 }) => [
  keyOf(name, 'ed25519 cosignature', base64(ed25519)),
  keyOf(name, 'ml-dsa-44 cosignature', base64(mldsa44)),
];

const isCosigned = (note, federation, { name, audit }) => {
  const witness = `entente/${federation}/witness/${name}`;
  return audit.some((pair) => {
    const keys = [
      keyOf(witness, 'ed25519 cosignature', base64(pair.ed25519)),
      keyOf(witness, 'ml-dsa-44 cosignature', base64(pair.mldsa44)),
    ];
    try {
      if (verifyNote(note, keys).size < 2) {
        return false;
      }
    } catch (error) {
      if (error instanceof Refused) {
        return false;
      }
      throw error;
    }
    return isAtOneTime(note, keys) && validAt(Number(secondsOf(note, keys[0])) * 1000)(pair);
  });
};

// The record --------------------------------------------------------------------------------------

/** Fields in ascending order, each in its shortest form, singular ones once. */
const message = (bytes, types, repeated = []) => {
  const read = fields(bytes);
  read.forEach((field, i) => {
    const { number, type } = field;
    demand('RECORD', types[number] === type && isShortest(field), 'a field in another form');
    const last = i === 0 ? 0 : read[i - 1].number;
    demand('RECORD', number > last || (number === last && repeated.includes(number)), 'order');
    const empty = type === VARINT ? field.value === 0n : field.value.length === 0;
    demand('RECORD', !empty || repeated.includes(number), 'a default that is written');
  });
  return {
    one: (number) => read.find((field) => field.number === number)?.value,
    all: (number) => read.filter((field) => field.number === number).map(({ value }) => value),
  };
};

const none = new Uint8Array();

const parseRecord = (bytes) => {
  const record = message(bytes, {
    1: VARINT, 2: VARINT, 3: VARINT, 4: BYTES, 5: BYTES, 6: BYTES, 7: BYTES, 8: BYTES, 9: BYTES,
  });
  const actor = message(record.one(4) ?? none, { 1: BYTES, 2: BYTES, 3: BYTES });
  const subject = message(
    record.one(5) ?? none,
    { 1: BYTES, 2: BYTES, 3: BYTES, 4: BYTES, 5: BYTES },
    [2],
  );
  return {
    type: record.one(1) ?? 0n,
    actor: decodeUtf8(actor.one(1) ?? none),
    envelope: subject.one(1) ?? none,
    agencies: subject.all(2).map(decodeUtf8),
    headerHash: subject.one(4) ?? none,
  };
};

// All of it ---------------------------------------------------------------------------------------

/** The key of the origin's gateway, from what its agency signed. */
const originKey = ({ kind, voucher }, bundle, log, { origin, gateway }) => {
  const { signing } = bundle.agencies.find(({ name }) => name === origin) ?? { signing: [] };
  const pairs = (issued) => signing.filter(validAt(Number(issued))).map(pairBytes);
  if (kind === 'announcement') {
    const said = parseAnnouncement(voucher);
    const fits =
      said.federation === bundle.federation &&
      said.sender === origin &&
      said.gateway === gateway &&
      said.recipient === log.agency &&
      isSignedByAgency(said, pairs(said.issued));
    demand('ORIGIN_KEY', fits, 'an announcement of another');
    return said.gatewayKey;
  }
  const { issued } = parseKeyBundle(voucher);
  const said = verifyKeyBundle(voucher, pairs(issued));
  const named = said.gateways.find((one) => one.gateway === gateway);
  const fits = said.federation === bundle.federation && said.issuer === origin;
  demand('ORIGIN_KEY', fits && named !== undefined, 'a key bundle of another');
  return named.key;
};

/** Checks a proof by the roots alone; the code of a refusal names the part that failed. */
export const verifyMessageProof = (bytes, roots, now, witnesses) => {
  const file = part('FILE', () => parseFile(bytes));
  const bundle = part('TRUST_BUNDLE', () => readSignedBundle(file.bundle, roots));
  const { log, checkpoint, seconds } = part('CHECKPOINT', () => {
    const { origin } = parseCheckpoint(file.note.text);
    const from = parseOrigin(origin);
    demand('CHECKPOINT', from.federation === bundle.federation, 'of another federation');
    const member = bundle.agencies.find(({ name }) => name === from.agency);
    demand('CHECKPOINT', member !== undefined, 'of no member');
    const judged = judgeCheckpoint(file.leaf.checkpoint, file.note, origin, member.audit);
    return { log: from, checkpoint: judged, seconds: judged.seconds };
  });
  const at = Number(seconds) * 1000;
  demand('CHECKPOINT', at <= now + SKEW, 'signed in the future');
  demand('TRUST_BUNDLE', Date.parse(bundle.issued) <= now + SKEW, 'issued in the future');
  demand('TRUST_BUNDLE', at <= Date.parse(bundle.expires) + GRACE, 'expired by then');

  const all = bundle.agencies.filter(
    ({ name, roles }) => roles.includes('WITNESS') && name !== log.agency,
  );
  const cosigned = all.filter((member) => isCosigned(file.note, bundle.federation, member));
  const must = witnesses ?? Math.min(1, all.length);
  demand('WITNESSES', cosigned.length >= must, 'too few cosigned');

  const { index, opening, path } = file.leaf;
  demand('LEAF', opening !== undefined, 'no record');
  const leaf = leafHash(commitment(opening));
  demand(
    'LEAF',
    includes(index, checkpoint.size, leaf, path, checkpoint.root),
    'the record does not stand there',
  );

  const shown = part('RECORD', () => parseOpening(opening));
  const record = part('RECORD', () => parseRecord(shown.record));
  demand('RECORD', [ACCEPTED, RECEIVED].includes(record.type), 'of something else');
  demand('RECORD', names(shown, fromHex(file.message), file.path), 'of other messages');

  const header = part('HEADER', () => parseHeader(file.header));
  const same = equal(sha256(file.header), record.headerHash) && equal(header.id, record.envelope);
  demand('HEADER', same, 'not the one of the record');
  const fits =
    record.type === ACCEPTED
      ? header.origin === log.agency && header.gateway === log.gateway
      : header.origin === record.actor && header.origin !== log.agency;
  demand('HEADER', fits, 'of another origin');

  const key = part('ORIGIN_KEY', () => originKey(file, bundle, log, header));
  const signed = concat(ascii('entente/v1 envelope\0'), file.header);
  demand('SIGNATURE', file.signature.length === 64, 'of another length');
  demand('SIGNATURE', ed25519Verifies(key, signed, file.signature), 'does not verify');
  return {
    message: file.message,
    accepted: record.type === ACCEPTED,
    index,
    seconds,
    witnesses: cosigned.map(({ name }) => name),
    agencies: record.agencies,
    version: bundle.version,
  };
};
