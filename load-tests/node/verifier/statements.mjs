// What agencies and gateways state about keys, numbers, joint operations and consent ("Key bundle",
// "Fulfilment", "Void", "Settled", "Roster", "Watermarks", "Consent").
import { Reader, ascii, concat, equal, refuse, require } from './bytes.mjs';
import {
  PAIR_SIGNATURE_BYTES,
  ed25519Verifies,
  isEd25519Key,
  isXWingKey,
  pairVerifies,
} from './primitives.mjs';
import { keyId } from './session.mjs';

/** Whether each of a list stands after the one before it; lists of numbers and bytes. */
const ascending = (list) =>
  list.every((item, i) => {
    if (i === 0) {
      return true;
    }
    const before = list[i - 1];
    const at = item.findIndex((part, j) => Buffer.compare(part, before[j]) !== 0);
    return at >= 0 && Buffer.compare(item[at], before[at]) > 0;
  });
const big = (value) => Buffer.from(value.toString(16).padStart(16, '0'), 'hex');

const times = (count, read) => Array.from({ length: count }, read);

export const parseKeyBundle = (bytes) => {
  const in_ = new Reader(bytes);
  in_.exactly(1, 'version');
  in_.exactly(1, 'suite');
  const federation = in_.federation();
  const agency = in_.agency();
  const issued = in_.u64();
  const gatewayCount = in_.u8();
  require(gatewayCount >= 1 && gatewayCount <= 16, 'number of gateways out of range');
  const gateways = times(gatewayCount, () => ({ gateway: in_.gateway(), key: in_.take(32) }));
  require(ascending(gateways.map((g) => [ascii(g.gateway)])), 'gateways are not ascending');
  require(gateways.every((g) => isEd25519Key(g.key)), 'a gateway key that is none');
  const keyCount = in_.u8();
  require(keyCount >= 1 && keyCount <= 8, 'number of keys out of range');
  const keys = times(keyCount, () => ({
    id: in_.take(16),
    notBefore: in_.u64(),
    notAfter: in_.u64(),
    publicKey: in_.take(1216),
  }));
  require(ascending(keys.map((k) => [big(k.notAfter), k.id])), 'keys are not ascending');
  require(keys.every((k) => k.notAfter > k.notBefore), 'a key that ends before it begins');
  require(keys.every((k) => equal(k.id, keyId(k.publicKey))), 'a key id of another key');
  require(keys.every((k) => isXWingKey(k.publicKey)), 'a recipient key that is none');
  const signed = in_.before();
  const signature = in_.take(PAIR_SIGNATURE_BYTES);
  in_.end();
  return { federation, agency, issued, gateways, keys, signed, signature };
};

export const verifyKeyBundle = (bytes, pairs) => {
  const bundle = parseKeyBundle(bytes);
  const message = concat(ascii('entente/v1 key bundle\0'), bundle.signed);
  if (!pairs.some((pair) => pairVerifies(pair, message, bundle.signature))) {
    refuse('BAD_SIGNATURE', 'not signed by a pair of its agency');
  }
  return bundle;
};

/** Which obligations an agency's gateway fulfils. */
export const parseFulfilment = (bytes) => {
  const in_ = new Reader(bytes);
  in_.exactly(1, 'version');
  in_.exactly(1, 'suite');
  const federation = in_.federation();
  const agency = in_.agency();
  const issued = in_.u64();
  const count = in_.u8();
  require(count <= 64, 'number of obligations out of range');
  const obligations = times(count, () => in_.u16());
  require(obligations.every((o, i) => o > (i === 0 ? 0 : obligations[i - 1])), 'not ascending');
  const signed = in_.before();
  const signature = in_.take(PAIR_SIGNATURE_BYTES);
  in_.end();
  return { federation, agency, issued, obligations, signed, signature };
};

export const verifyFulfilment = (bytes, pairs) => {
  const statement = parseFulfilment(bytes);
  const message = concat(ascii('entente/v1 fulfilment\0'), statement.signed);
  if (!pairs.some((pair) => pairVerifies(pair, message, statement.signature))) {
    refuse('BAD_SIGNATURE', 'not signed by a pair of its agency');
  }
  return statement;
};

export const parseVoid = (bytes) => {
  const in_ = new Reader(bytes);
  in_.exactly(1, 'version');
  const federation = in_.federation();
  const origin = in_.agency();
  const gateway = in_.gateway();
  const recipient = in_.agency();
  const issued = in_.u64();
  const count = in_.u16();
  require(count >= 1 && count <= 1024, 'count out of range');
  const numbers = times(count, () => ({
    epoch: in_.u64(1n),
    lane: in_.lane(),
    sequence: in_.u64(1n),
    headerHash: in_.take(32),
  }));
  require(
    ascending(numbers.map((n) => [big(n.epoch), Uint8Array.of(n.lane), big(n.sequence)])),
    'numbers are not ascending',
  );
  const signed = in_.before();
  const signature = in_.take(64);
  in_.end();
  return { federation, origin, gateway, recipient, issued, numbers, signed, signature };
};

export const verifyVoid = (bytes, gatewayKey) => {
  const statement = parseVoid(bytes);
  const message = concat(ascii('entente/v1 void\0'), statement.signed);
  if (!ed25519Verifies(gatewayKey, message, statement.signature)) {
    refuse('BAD_SIGNATURE', 'not signed by the gateway');
  }
  return statement;
};

export const parseSettled = (bytes) => {
  const in_ = new Reader(bytes);
  in_.exactly(1, 'version');
  const federation = in_.federation();
  const origin = in_.agency();
  const gateway = in_.gateway();
  const recipient = in_.agency();
  const issued = in_.u64();
  const count = in_.u16();
  require(count >= 1 && count <= 64, 'count out of range');
  const lanes = times(count, () => ({
    epoch: in_.u64(1n),
    lane: in_.lane(),
    below: in_.u64(2n),
  }));
  require(
    ascending(lanes.map((n) => [big(n.epoch), Uint8Array.of(n.lane)])),
    'lanes are not ascending',
  );
  const signed = in_.before();
  const signature = in_.take(64);
  in_.end();
  return { federation, origin, gateway, recipient, issued, lanes, signed, signature };
};

export const verifySettled = (bytes, gatewayKey) => {
  const statement = parseSettled(bytes);
  const message = concat(ascii('entente/v1 settled\0'), statement.signed);
  if (!ed25519Verifies(gatewayKey, message, statement.signature)) {
    refuse('BAD_SIGNATURE', 'not signed by the gateway');
  }
  return statement;
};

const LONGEST_OPERATION_MS = 3653n * 86_400_000n;

export const parseRoster = (bytes) => {
  require(bytes.length <= 8192, 'too long');
  const in_ = new Reader(bytes);
  in_.exactly(1, 'version');
  const federation = in_.federation();
  const operation = in_.take(16);
  const number = in_.u64(1n);
  const previous = in_.take(32);
  const nothing = previous.every((byte) => byte === 0);
  require((number === 1n) === nothing, 'the first alone has nothing before it');
  const signer = in_.agency();
  const gateway = in_.gateway();
  const issued = in_.u64();
  const flags = in_.u8();
  require(flags <= 3, 'unknown flags');
  const name = in_.text(/^[A-Z0-9][A-Z0-9 -]{0,31}$/, 'cover name');
  const starts = in_.u64();
  const ends = in_.u64();
  require(ends > starts && ends - starts <= LONGEST_OPERATION_MS, 'no such time');
  const count = in_.u16();
  require(count >= 1 && count <= 64, 'count out of range');
  const members = times(count, () => {
    const agency = in_.agency();
    const role = in_.u8();
    require(role >= 1 && role <= 3, 'no such role');
    return { agency, role };
  });
  require(
    members.every(({ agency }, i) => i === 0 || members[i - 1].agency < agency),
    'members are not ascending',
  );
  const leads = members.filter(({ role }) => role === 1);
  require(leads.length === 1, 'not one lead');
  require(number > 1n || leads[0].agency === signer, 'the first is signed by its lead');
  const signed = in_.before();
  const signature = in_.take(64);
  in_.end();
  return {
    federation, operation, number, previous, signer, gateway, issued, flags, name, starts, ends,
    members, signed, signature,
  };
};

export const verifyRoster = (bytes, gatewayKey) => {
  const statement = parseRoster(bytes);
  const message = concat(ascii('entente/v1 roster\0'), statement.signed);
  if (!ed25519Verifies(gatewayKey, message, statement.signature)) {
    refuse('BAD_SIGNATURE', 'not signed by the gateway');
  }
  return statement;
};

/** An originator's consent to passing on. */
export const parseConsent = (bytes) => {
  const in_ = new Reader(bytes);
  in_.exactly(1, 'version');
  const federation = in_.federation();
  const grantor = in_.agency();
  const gateway = in_.gateway();
  const grantee = in_.agency();
  const issued = in_.u64();
  const id = in_.take(16);
  const list = (least, most, what, read) => {
    const count = in_.u16();
    require(count >= least && count <= most, `number of ${what} out of range`);
    return times(count, read);
  };
  const messages = list(1, 16, 'messages', () => in_.take(16));
  const agencies = list(0, 64, 'agencies', () => in_.agency());
  const jurisdictions = list(0, 16, 'jurisdictions', () => Buffer.from(in_.take(2)).toString('latin1'));
  const purposes = list(1, 32, 'purposes', () => in_.u8());
  require(ascending(messages.map((m) => [m])), 'messages are not ascending');
  require(ascending(agencies.map((a) => [ascii(a)])), 'agencies are not ascending');
  require(jurisdictions.every((code) => /^[A-Z]{2}$/.test(code)), 'no code of a jurisdiction');
  require(ascending(jurisdictions.map((code) => [ascii(code)])), 'jurisdictions are not ascending');
  require(purposes.every((purpose) => purpose > 0), 'no purpose');
  require(ascending(purposes.map((purpose) => [Uint8Array.of(purpose)])), 'purposes are not ascending');
  require(agencies.length + jurisdictions.length > 0, 'it is for nobody');
  const until = in_.u64();
  const signed = in_.before();
  const signature = in_.take(64);
  in_.end();
  const terms = { messages, agencies, jurisdictions, purposes, until };
  return { federation, grantor, gateway, grantee, issued, id, terms, signed, signature };
};

export const verifyConsent = (bytes, gatewayKey) => {
  const statement = parseConsent(bytes);
  const message = concat(ascii('entente/v1 consent\0'), statement.signed);
  if (!ed25519Verifies(gatewayKey, message, statement.signature)) {
    refuse('BAD_SIGNATURE', 'not signed by the gateway');
  }
  return statement;
};

export const parseWatermarks = (bytes) => {
  const in_ = new Reader(bytes);
  in_.exactly(1, 'version');
  const federation = in_.federation();
  const recipient = in_.agency();
  const gateway = in_.gateway();
  const origin = in_.agency();
  const issued = in_.u64();
  const count = in_.u16();
  require(count <= 64, 'count out of range');
  const marks = times(count, () => {
    const epoch = in_.u64(1n);
    const lane = in_.lane();
    const watermark = in_.u64();
    const ranges = in_.u16();
    require(ranges <= 256, 'number of ranges out of range');
    let last = watermark;
    const held = times(ranges, () => {
      const from = in_.u64();
      const to = in_.u64();
      require(from > last + 1n && to >= from, 'ranges touch or do not ascend');
      last = to;
      return { from, to };
    });
    return { epoch, lane, watermark, held };
  });
  require(
    ascending(marks.map((m) => [big(m.epoch), Uint8Array.of(m.lane)])),
    'watermarks are not ascending',
  );
  const named = in_.u16();
  require(named <= 1024, 'number of held numbers out of range');
  const held = times(named, () => ({
    epoch: in_.u64(1n),
    lane: in_.lane(),
    sequence: in_.u64(1n),
    hash: in_.take(32),
  }));
  require(
    ascending(held.map((h) => [big(h.epoch), Uint8Array.of(h.lane), big(h.sequence)])),
    'held numbers are not ascending',
  );
  in_.end();
  return { federation, recipient, gateway, origin, issued, marks, held };
};

export const verifyWatermarks = (bytes, signature, gatewayKey) => {
  const statement = parseWatermarks(bytes);
  require(signature.length === 64, 'a signature of another length');
  const message = concat(ascii('entente/v1 watermarks\0'), bytes);
  if (!ed25519Verifies(gatewayKey, message, signature)) {
    refuse('BAD_SIGNATURE', 'not signed by the gateway');
  }
  return statement;
};
