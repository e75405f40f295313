// What a case of each format asks for and what it gives. Every function takes a case, throws
// Refused, or returns what was found, as JSON.
import { parseRoots, verifyBundle } from './bundle.mjs';
import { verifyFreshness } from './freshness.mjs';
import { fromHex, hex, refuse } from './bytes.mjs';
import { isContent, isSignedBy, openContent, parseEnvelope, parseHeader } from './envelope.mjs';
import { readEvidence } from './evidence.mjs';
import { openOutboxKey, openRecord } from './local.mjs';
import { verifyMessageProof } from './message-proof.mjs';
import { parseNote, parseVkey, verifyCheckpoint, verifyNote } from './note.mjs';
import { ed25519Verifies, isEd25519Key, isXWingKey, pairVerifies, sha256 } from './primitives.mjs';
import { names, parseOpening, parsePath, verifyProof } from './proof.mjs';
import { isSignedByAgency } from './frame.mjs';
import { learnSession, open, parseAnnouncement, parseStanza } from './session.mjs';
import {
  verifyConsent,
  verifyFulfilment,
  verifyKeyBundle,
  verifyRoster,
  verifySettled,
  verifyVoid,
  verifyWatermarks,
} from './statements.mjs';
import { continues, includes } from './tree.mjs';

const many = (list) => list.map(fromHex);

const parts = (one) => ({
  header: fromHex(one.header),
  signature: fromHex(one.signature),
  labels: fromHex(one.labels),
  bodies: fromHex(one.bodies),
});

const recipient = (one) => ({
  federation: one.federation,
  agency: one.agency,
  seeds: many(one.seeds),
  pairs: Object.fromEntries(
    Object.entries(one.pairs).map(([agency, pairs]) => [agency, many(pairs)]),
  ),
});

const sessions = new Map();

/** Learns a session, or remembers what came of the same bytes at the same recipient. */
const session = (one) => {
  const key = JSON.stringify([one.announcement, one.federation, one.agency, one.seeds, one.pairs, one.now]);
  if (!sessions.has(key)) {
    sessions.set(key, learnSession(fromHex(one.announcement), recipient(one), BigInt(one.now)));
  }
  return sessions.get(key);
};

/** Labels and bodies by their hashes, so that an answer stays short. */
const content = ({ labels, bodies }) => ({
  labels: labels.map((label) => hex(sha256(label))),
  bodies: bodies.map((body) => (body === undefined ? 'CANNOT_OPEN' : hex(sha256(body)))),
});

const text = (value) =>
  JSON.parse(
    JSON.stringify(value, (_, v) => {
      if (typeof v === 'bigint') {
        return v.toString();
      }
      return v instanceof Uint8Array ? hex(v) : v;
    }),
  );

export const formats = {
  /** bytes */
  header: (one) => {
    const { lane, exercise, count, origin, gateway, id, created, expires, hash } =
      parseHeader(fromHex(one.bytes));
    return text({ lane, exercise, count, origin, gateway, id, created, expires, hash });
  },

  /** bytes */
  stanza: (one) => text(parseStanza(fromHex(one.bytes))),

  /** bytes; pairs of the sender: parsed and verified, not opened */
  announcement: (one) => {
    const announcement = parseAnnouncement(fromHex(one.bytes));
    if (!isSignedByAgency(announcement, many(one.pairs))) {
      refuse('BAD_SIGNATURE', 'not signed by a pair of its sender');
    }
    return text({ session: announcement.id });
  },

  /** announcement; federation, agency, seeds, pairs by agency, now: as a recipient learns it */
  session: (one) => text({ session: session(one).announcement.id }),

  /**
   * header, signature, labels, bodies, stanza, and all that `session` asks for; carrier: the
   * agency over whose link it came, where that is not the origin
   */
  envelope: (one) =>
    content(
      open(parts(one), fromHex(one.stanza), one.announcement ? [session(one)] : [], one.carrier),
    ),

  /** all that `envelope` asks for, of one message; about: headers of the reader's own envelopes */
  evidence: (one) => {
    const { header, labels, bodies } = open(parts(one), fromHex(one.stanza), [session(one)]);
    if (labels.length !== 1 || bodies[0] === undefined) {
      refuse('EVIDENCE', 'not one message that opens');
    }
    return { items: readEvidence(header, labels[0], bodies[0], many(one.about)) };
  },

  /** header, signature, labels, bodies, content_key, gateway_key: without a session */
  content: (one) => {
    const envelope = parseEnvelope(parts(one));
    if (!isSignedBy(envelope, fromHex(one.gateway_key))) {
      refuse('BAD_SIGNATURE', 'not signed by the gateway');
    }
    if (!isContent(envelope)) {
      refuse('HEADER_MISMATCH', 'content is not what the header commits to');
    }
    return content(openContent(envelope, fromHex(one.content_key)));
  },

  /** bytes, pairs of the agency */
  key_bundle: (one) => {
    const { issuer, issued, gateways, keys } = verifyKeyBundle(fromHex(one.bytes), many(one.pairs));
    return text({ agency: issuer, issued, gateways, keys: keys.map(({ id }) => id) });
  },

  /** bytes, pairs of the agency */
  fulfilment: (one) => {
    const { issuer, issued, obligations } =
      verifyFulfilment(fromHex(one.bytes), many(one.pairs));
    return text({ agency: issuer, issued, obligations });
  },

  /** bytes, gateway_key */
  void: (one) => {
    const { issuer, addressee, numbers } =
      verifyVoid(fromHex(one.bytes), fromHex(one.gateway_key));
    return text({ origin: issuer, recipient: addressee, numbers });
  },

  /** bytes, gateway_key */
  settled: (one) => {
    const { issuer, addressee, lanes } =
      verifySettled(fromHex(one.bytes), fromHex(one.gateway_key));
    return text({ origin: issuer, recipient: addressee, lanes });
  },

  /** bytes, gateway_key */
  roster: (one) => {
    const { number, issuer, name, members } =
      verifyRoster(fromHex(one.bytes), fromHex(one.gateway_key));
    return text({ number, signer: issuer, name, members });
  },

  /** bytes, gateway_key */
  consent: (one) => {
    const { issuer, addressee, id, terms } =
      verifyConsent(fromHex(one.bytes), fromHex(one.gateway_key));
    return text({ grantor: issuer, grantee: addressee, id, ...terms });
  },

  /** bytes, gateway_key */
  watermarks: (one) => {
    const { issuer, addressee, marks, held } =
      verifyWatermarks(fromHex(one.bytes), fromHex(one.gateway_key));
    return text({ origin: addressee, recipient: issuer, marks, held });
  },

  /** bytes, storage_key, part_state (optional), origin, envelope_id, index */
  local_record: (one) => {
    const bucket = { secret: fromHex(one.storage_key), part: fromHex(one.part_state ?? '') };
    const { label } = openRecord(fromHex(one.bytes), bucket, {
      origin: one.origin,
      id: fromHex(one.envelope_id),
      index: one.index,
    });
    return text({ label: sha256(label) });
  },

  /** bytes, outbox_key, header_hash */
  outbox_key: (one) => {
    const key = openOutboxKey(fromHex(one.bytes), fromHex(one.outbox_key), fromHex(one.header_hash));
    return text({ key: sha256(key) });
  },

  /** key, message, signature: Ed25519 */
  ed25519: (one) => {
    if (!isEd25519Key(fromHex(one.key))) {
      refuse('MALFORMED', 'a key that is none');
    }
    const verifies = ed25519Verifies(fromHex(one.key), fromHex(one.message), fromHex(one.signature));
    return verifies ? {} : refuse('BAD_SIGNATURE', 'does not verify');
  },

  /** pair, message, signature: Ed25519 and ML-DSA-44 over the same message */
  pair: (one) =>
    pairVerifies(fromHex(one.pair), fromHex(one.message), fromHex(one.signature))
      ? {}
      : refuse('BAD_SIGNATURE', 'does not verify'),

  /** key: an X-Wing public key */
  recipient_key: (one) =>
    isXWingKey(fromHex(one.key)) ? {} : refuse('MALFORMED', 'a recipient key that is none'),

  /** bytes, vkeys of the keys that the reader knows */
  note: (one) => {
    const keys = one.vkeys.map(parseVkey);
    return text({ signed: [...verifyNote(parseNote(fromHex(one.bytes)), keys)].length });
  },

  /** vkey */
  vkey: (one) => text({ type: parseVkey(one.vkey).type }),

  /** bytes, origin and pairs of the log */
  checkpoint: (one) => {
    const { size, root } = verifyCheckpoint(fromHex(one.bytes), one.origin, many(one.pairs));
    return text({ size, root });
  },

  /** index, size, leaf hash, proof, root */
  inclusion: (one) => {
    const leaf = fromHex(one.leaf);
    const holds = includes(BigInt(one.index), BigInt(one.size), leaf, many(one.proof), fromHex(one.root));
    return holds ? {} : refuse('HEADER_MISMATCH', 'the leaf does not stand there');
  },

  /** older_size, older_root, size, root, proof */
  consistency: (one) => {
    const [older, root] = [fromHex(one.older_root), fromHex(one.root)];
    return continues(BigInt(one.older_size), older, BigInt(one.size), root, many(one.proof))
      ? {}
      : refuse('HEADER_MISMATCH', 'the tree does not continue the older');
  },

  /** bytes, origin and pairs of the log, perhaps the leaf's commitment */
  log_proof: (one) => {
    const given = one.commitment === undefined ? undefined : fromHex(one.commitment);
    return text(verifyProof(fromHex(one.bytes), one.origin, many(one.pairs), given));
  },

  /** bytes: a path; message and opening of the leaf */
  leaf_message: (one) => {
    const opening = parseOpening(fromHex(one.opening));
    const leads = names(opening, fromHex(one.message), parsePath(fromHex(one.bytes)));
    return leads ? {} : refuse('HEADER_MISMATCH', 'the leaf does not name the message');
  },

  /** bytes; roots (the text of the roots file), now, perhaps witnesses (how many must) */
  message_proof: (one) =>
    text(verifyMessageProof(fromHex(one.bytes), one.roots, one.now, one.witnesses)),

  /** bytes; roots (the text of the roots file), now, perhaps current (the bundle in force) */
  trust_bundle: (one) => {
    const current = one.current === undefined ? undefined : fromHex(one.current);
    return text(verifyBundle(fromHex(one.bytes), one.roots, one.now, current));
  },

  /** bytes; bundle (in force); roots (the text of the roots file), now */
  freshness: (one) =>
    text(verifyFreshness(fromHex(one.bytes), fromHex(one.bundle), one.roots, one.now)),

  /** roots: the text of the roots file */
  trust_roots: (one) => text({ threshold: parseRoots(one.roots).roots.threshold }),
};
