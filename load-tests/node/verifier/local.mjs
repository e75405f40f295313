// What a gateway keeps for itself ("Local record", "Outbox key").
import { Reader, Refused, ascii, concat, hex, name, refuse, u16, u32 } from './bytes.mjs';
import { expand, gcmOpen, hmac256, sha256 } from './primitives.mjs';

/** Whatever is wrong with a form at rest is one outcome. */
const orClosed = (opening) => {
  try {
    const opened = opening();
    if (opened !== undefined) {
      return opened;
    }
  } catch (error) {
    if (!(error instanceof Refused)) {
      throw error;
    }
  }
  return refuse('CANNOT_OPEN', 'does not open');
};

/** Body key and label of a received message. */
export const openRecord = (bytes, storageKey, address) =>
  orClosed(() => record(bytes, storageKey, address));

/** The content key of an envelope that its origin still keeps. */
export const openOutboxKey = (bytes, outboxKey, headerHash) =>
  orClosed(() => wrappedKey(bytes, outboxKey, headerHash));

/** The nodes of a bucket's tree that are left: one root, or what forgetting left ("Secret of a bucket"). */
const nodesOf = (secret) => {
  if (secret.length === 32) {
    return [{ level: 0, first: 0n, node: expand(secret, ascii('entente/v1 bucket messages')) }];
  }
  const in_ = new Reader(secret);
  in_.take(32);
  in_.exactly(1, 'version');
  const count = in_.u32();
  const nodes = [];
  for (let i = 0; i < count; i += 1) {
    nodes.push({ level: in_.u8(), first: in_.big(8), node: in_.take(32) });
  }
  in_.end();
  return nodes;
};

const leafOf = (secret, origin, id, index) => {
  const hash = sha256(ascii('entente/v1 local'), name(origin), id, u32(0));
  const number = BigInt(`0x${hex(hash.slice(0, 6))}${hex(u16(index))}`);
  const below = ({ level, first }) => {
    const shift = BigInt(64 - 2 * level);
    return number >> shift === first >> shift;
  };
  const above = nodesOf(secret).find(below) ?? refuse('CANNOT_OPEN', 'forgotten');
  let { node } = above;
  for (let level = above.level + 1; level <= 32; level += 1) {
    const digit = Number((number >> BigInt(64 - 2 * level)) & 3n);
    node = hmac256(node, ascii('entente/v1 tree'), Uint8Array.of(digit));
  }
  return node;
};

const record = (bytes, storageKey, { origin, id, index }) => {
  const in_ = new Reader(bytes);
  in_.exactly(1, 'version');
  const nonce = in_.take(12);
  const wrapped = in_.take(48);
  const label = in_.take(bytes.length - in_.at);
  const address = concat(name(origin), id, u32(index));
  const aad = concat(ascii('entente/v1 local'), address);
  const leaf = leafOf(storageKey, origin, id, index);
  const key = expand(leaf, ascii('entente/v1 local wrap'), address);
  const bodyKey = gcmOpen(key, nonce, aad, wrapped);
  const opened =
    bodyKey && gcmOpen(expand(bodyKey, ascii('entente/v1 local label')), nonce, aad, label);
  return opened && { bodyKey, label: opened };
};

const wrappedKey = (bytes, outboxKey, headerHash) => {
  const in_ = new Reader(bytes);
  in_.exactly(1, 'version');
  const nonce = in_.take(12);
  const wrapped = in_.take(48);
  in_.end();
  const bound = concat(ascii('entente/v1 outbox'), headerHash);
  return gcmOpen(expand(outboxKey, bound), nonce, bound, wrapped);
};
