// Announcements, stanzas and the opening of an envelope ("Announcement", "Stanza", "Opening").
import { TO_ONE, isSignedByAgency, readFrame, readSignature } from './frame.mjs';
import { Reader, ascii, concat, equal, name, refuse, require, u64, u8 } from './bytes.mjs';
import { isContent, isSignedBy, openContent, parseEnvelope } from './envelope.mjs';
import {
  NO_NONCE,
  PAIR_SIGNATURE_BYTES,
  ed25519Verifies,
  expand,
  gcmOpen,
  hpkeExport,
  isEd25519Key,
  sha256,
  xwingPublicKey,
} from './primitives.mjs';

const HOUR = 3_600_000n;
const ENC = 1120;

export const keyId = (publicKey) => sha256(publicKey).slice(0, 16);

export const parseStanza = (bytes) => {
  const in_ = new Reader(bytes);
  in_.exactly(1, 'version');
  const flags = in_.u8();
  require(flags <= 1, 'unknown flags');
  const session = in_.take(16);
  const epoch = in_.u64(1n);
  const sequence = in_.u64(1n);
  const wrapped = in_.take(48);
  const binding = flags === 1 ? in_.take(64) : undefined;
  in_.end();
  return { session, epoch, sequence, wrapped, binding };
};

export const parseAnnouncement = (bytes) => {
  const in_ = new Reader(bytes);
  const { federation, issuer: sender, gateway, addressee: recipient, issued } = readFrame(in_, TO_ONE);
  require(recipient !== sender, 'a session with oneself');
  const gatewayKey = in_.take(32);
  require(isEd25519Key(gatewayKey), 'a gateway key that is none');
  const recipientKey = in_.take(16);
  const notBefore = in_.time();
  const notAfter = in_.time();
  require(notAfter > notBefore, 'a key that ends before it begins');
  const epoch = in_.u64(1n);
  const expires = in_.time();
  require(
    expires > issued && expires - issued <= 24n * HOUR && expires <= notAfter,
    'a session that does not end in time',
  );
  const enc = in_.take(ENC);
  const { message, signature } = readSignature(in_, 'announcement', PAIR_SIGNATURE_BYTES);
  return {
    federation, sender, gateway, gatewayKey, recipient, recipientKey, notBefore, notAfter,
    epoch, issued, expires, enc, message, signature, id: sha256(message).slice(0, 16),
  };
};

/** The session's wrapping key at a recipient that holds the key's seed. */
export const wrappingKey = (announcement, seed) => {
  const { federation, sender, recipient, epoch, enc } = announcement;
  const info = concat(
    ascii('entente/v1 session\0'),
    u8(1),
    name(federation),
    name(sender),
    name(recipient),
    u64(epoch),
  );
  return hpkeExport(seed, enc, info, ascii('entente/v1 wrapping key'));
};

/**
 * A session that a recipient may keep ("Learning a session").
 *
 * `me` is what the recipient knows: federation, agency, seeds of its keys, and for each agency the
 * pairs that the trust bundle names.
 */
export const learnSession = (bytes, me, now) => {
  const announcement = parseAnnouncement(bytes);
  const ours = announcement.federation === me.federation && announcement.recipient === me.agency;
  if (!ours || announcement.issued > now + HOUR || now >= announcement.expires + HOUR) {
    refuse('HEADER_MISMATCH', 'an announcement for somebody else or for another time');
  }
  const pairs = me.pairs[announcement.sender] ?? [];
  if (pairs.length === 0) {
    refuse('UNKNOWN_PEER', 'its sender is no member');
  }
  if (!isSignedByAgency(announcement, pairs)) {
    refuse('BAD_SIGNATURE', 'not signed by a pair of its sender');
  }
  const seed = me.seeds.find((s) => equal(keyId(xwingPublicKey(s)), announcement.recipientKey));
  const secret = seed === undefined ? undefined : wrappingKey(announcement, seed);
  if (secret === undefined) {
    refuse('NEED_REWRAP', 'made for a key that is not here');
  }
  return { announcement, wrappingKey: secret };
};

/** Whether the origin's gateway bound the stanza's number to this header and recipient. */
export const isBound = ({ announcement }, header, stanza) =>
  stanza.binding !== undefined &&
  ed25519Verifies(
    announcement.gatewayKey,
    concat(
      ascii('entente/v1 binding\0'),
      u8(1),
      name(announcement.federation),
      name(header.origin),
      name(announcement.recipient),
      u64(stanza.epoch),
      u8(header.lane),
      u64(stanza.sequence),
      header.hash,
    ),
    stanza.binding,
  );

/** The content key in a stanza, or nothing. */
export const unwrap = (session, header, stanza) => {
  if (stanza.epoch > session.announcement.epoch) {
    return undefined;
  }
  const key = expand(
    session.wrappingKey,
    ascii('entente/v1 wrap'),
    header.hash,
    u64(stanza.epoch),
    u8(header.lane),
    u64(stanza.sequence),
  );
  return gcmOpen(key, NO_NONCE, undefined, stanza.wrapped);
};

/**
 * Opens an envelope as "Opening, step by step" says; `sessions` are those learned before, and
 * `carrier` is the agency at the other end of the link: the origin unless another is named.
 */
export const open = (parts, stanzaBytes, sessions, carrier) => {
  const envelope = parseEnvelope(parts);
  const stanza = parseStanza(stanzaBytes);
  const { header } = envelope;
  const session = sessions.find(
    ({ announcement }) =>
      announcement.sender === header.origin && equal(announcement.id, stanza.session),
  );
  if (session === undefined) {
    refuse('NEED_REWRAP', 'no such session');
  }
  if (session.announcement.gateway !== header.gateway) {
    refuse('HEADER_MISMATCH', 'another gateway than the session names');
  }
  if (!isSignedBy(envelope, session.announcement.gatewayKey)) {
    refuse('BAD_SIGNATURE', 'not signed by the gateway of the session');
  }
  if ((carrier ?? header.origin) !== header.origin && !isBound(session, header, stanza)) {
    refuse('NEED_REWRAP', 'its origin has not bound the number');
  }
  if (!isContent(envelope)) {
    refuse('HEADER_MISMATCH', 'content is not what the header commits to');
  }
  const contentKey = unwrap(session, header, stanza);
  if (contentKey === undefined) {
    refuse('CANNOT_OPEN', 'does not open');
  }
  return { header, stanza, contentKey, ...openContent(envelope, contentKey) };
};
