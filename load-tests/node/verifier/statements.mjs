// What agencies and gateways state about keys, numbers, joint operations and consent ("Key bundle",
// "Fulfilment", "Void", "Settled", "Roster", "Watermarks", "Consent").
import { Reader, ascii, equal, require } from './bytes.mjs';
import {
  GATEWAY_SIGNATURE_BYTES,
  TO_ALL,
  TO_ONE,
  readFrame,
  readList,
  readSignature,
  signedByAgency,
  signedByGateway,
} from './frame.mjs';
import { PAIR_SIGNATURE_BYTES, isEd25519Key, isXWingKey } from './primitives.mjs';
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

/** Frame, content and signature of one format. */
const parse = (name, addressed, signatureBytes, content) => (bytes) => {
  const in_ = new Reader(bytes);
  const frame = readFrame(in_, addressed);
  const read = content(in_, frame);
  return { ...frame, ...read, ...readSignature(in_, name, signatureBytes) };
};

export const parseKeyBundle = parse('key bundle', TO_ALL, PAIR_SIGNATURE_BYTES, (in_) => {
  const gateways = readList(in_, 1, 16, 'gateways', () => ({
    gateway: in_.gateway(),
    key: in_.take(32),
  }));
  require(ascending(gateways.map((g) => [ascii(g.gateway)])), 'gateways are not ascending');
  require(gateways.every((g) => isEd25519Key(g.key)), 'a gateway key that is none');
  const keys = readList(in_, 1, 8, 'keys', () => ({
    id: in_.take(16),
    notBefore: in_.time(),
    notAfter: in_.time(),
    publicKey: in_.take(1216),
  }));
  require(ascending(keys.map((k) => [big(k.notAfter), k.id])), 'keys are not ascending');
  require(keys.every((k) => k.notAfter > k.notBefore), 'a key that ends before it begins');
  require(keys.every((k) => equal(k.id, keyId(k.publicKey))), 'a key id of another key');
  require(keys.every((k) => isXWingKey(k.publicKey)), 'a recipient key that is none');
  return { gateways, keys };
});

export const verifyKeyBundle = (bytes, pairs) => signedByAgency(parseKeyBundle(bytes), pairs);

/** Which obligations an agency's gateway fulfils. */
const parseFulfilment = parse('fulfilment', TO_ALL, PAIR_SIGNATURE_BYTES, (in_) => {
  const obligations = readList(in_, 0, 64, 'obligations', () => in_.u16());
  require(obligations.every((o, i) => o > (i === 0 ? 0 : obligations[i - 1])), 'not ascending');
  return { obligations };
});

export const verifyFulfilment = (bytes, pairs) => signedByAgency(parseFulfilment(bytes), pairs);

/** Numbers with the header hash of what came, or was to come, under each. */
const readNumbers = (in_, least, what) => {
  const numbers = readList(in_, least, 1024, what, () => ({
    epoch: in_.u64(1n),
    lane: in_.lane(),
    sequence: in_.u64(1n),
    hash: in_.take(32),
  }));
  require(
    ascending(numbers.map((n) => [big(n.epoch), Uint8Array.of(n.lane), big(n.sequence)])),
    `${what} are not ascending`,
  );
  return numbers;
};

const parseVoid = parse('void', TO_ONE, GATEWAY_SIGNATURE_BYTES, (in_) => ({
  numbers: readNumbers(in_, 1, 'numbers'),
}));

export const verifyVoid = (bytes, gatewayKey) => signedByGateway(parseVoid(bytes), gatewayKey);

const parseSettled = parse('settled', TO_ONE, GATEWAY_SIGNATURE_BYTES, (in_) => {
  const lanes = readList(in_, 1, 64, 'lanes', () => ({
    epoch: in_.u64(1n),
    lane: in_.lane(),
    below: in_.u64(2n),
  }));
  require(
    ascending(lanes.map((n) => [big(n.epoch), Uint8Array.of(n.lane)])),
    'lanes are not ascending',
  );
  return { lanes };
});

export const verifySettled = (bytes, gatewayKey) =>
  signedByGateway(parseSettled(bytes), gatewayKey);

const LONGEST_OPERATION_MS = 3653n * 86_400_000n;

const parseRoster = parse('roster', TO_ALL, GATEWAY_SIGNATURE_BYTES, (in_, { issuer }) => {
  const operation = in_.take(16);
  const number = in_.u64(1n);
  const previous = in_.take(32);
  const nothing = previous.every((byte) => byte === 0);
  require((number === 1n) === nothing, 'the first alone has nothing before it');
  const flags = in_.u8();
  require(flags <= 3, 'unknown flags');
  const name = in_.text(/^[A-Z0-9][A-Z0-9 -]{0,31}$/, 'cover name');
  const starts = in_.time();
  const ends = in_.time();
  require(ends > starts && ends - starts <= LONGEST_OPERATION_MS, 'no such time');
  const members = readList(in_, 1, 64, 'members', () => {
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
  require(number > 1n || leads[0].agency === issuer, 'the first is signed by its lead');
  return { operation, number, previous, flags, name, starts, ends, members };
});

export const verifyRoster = (bytes, gatewayKey) => {
  require(bytes.length <= 8192, 'too long');
  return signedByGateway(parseRoster(bytes), gatewayKey);
};

/** An originator's consent to passing on. */
const parseConsent = parse('consent', TO_ONE, GATEWAY_SIGNATURE_BYTES, (in_) => {
  const id = in_.take(16);
  const messages = readList(in_, 1, 16, 'messages', () => in_.take(16));
  const agencies = readList(in_, 0, 64, 'agencies', () => in_.agency());
  const jurisdictions = readList(in_, 0, 16, 'jurisdictions', () =>
    in_.text(/^[A-Z]{2}$/, 'jurisdiction'),
  );
  const purposes = readList(in_, 1, 32, 'purposes', () => in_.u8());
  require(ascending(messages.map((m) => [m])), 'messages are not ascending');
  require(ascending(agencies.map((a) => [ascii(a)])), 'agencies are not ascending');
  require(ascending(jurisdictions.map((code) => [ascii(code)])), 'jurisdictions are not ascending');
  require(purposes.every((purpose) => purpose > 0), 'no purpose');
  require(ascending(purposes.map((purpose) => [Uint8Array.of(purpose)])), 'purposes are not ascending');
  require(agencies.length + jurisdictions.length > 0, 'it is for nobody');
  const until = in_.time();
  return { id, terms: { messages, agencies, jurisdictions, purposes, until } };
});

export const verifyConsent = (bytes, gatewayKey) =>
  signedByGateway(parseConsent(bytes), gatewayKey);

const parseWatermarks = parse('watermarks', TO_ONE, GATEWAY_SIGNATURE_BYTES, (in_) => {
  const marks = readList(in_, 0, 64, 'watermarks', () => {
    const epoch = in_.u64(1n);
    const lane = in_.lane();
    const watermark = in_.u64();
    let last = watermark;
    const held = readList(in_, 0, 256, 'ranges', () => {
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
  return { marks, held: readNumbers(in_, 0, 'held numbers') };
});

export const verifyWatermarks = (bytes, gatewayKey) =>
  signedByGateway(parseWatermarks(bytes), gatewayKey);
