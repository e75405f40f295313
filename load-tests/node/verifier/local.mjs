// What a gateway keeps for itself ("Local record", "Outbox key").
import { Reader, Refused, ascii, concat, name, refuse, u32 } from './bytes.mjs';
import { expand, gcmOpen, hmac256 } from './primitives.mjs';

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
export const openRecord = (bytes, bucket, address) =>
  orClosed(() => record(bytes, bucket, address));

/** The content key of an envelope that its origin still keeps. */
export const openOutboxKey = (bytes, outboxKey, headerHash) =>
  orClosed(() => wrappedKey(bytes, outboxKey, headerHash));

/** The nodes of a tree that are left ("Secret of a bucket"). */
const nodesIn = (in_) => {
  in_.exactly(1, 'version');
  const count = in_.u32();
  const nodes = [];
  for (let i = 0; i < count; i += 1) {
    nodes.push({ level: in_.u8(), first: in_.big(8), node: in_.take(32) });
  }
  in_.end();
  return nodes;
};

/** What is left of a bucket's tree: one root, or what forgetting left of it and of a part. */
const nodesOf = ({ secret, part }) => {
  if (secret.length === 32) {
    return [{ level: 0, first: 0n, node: expand(secret, ascii('entente/v1 bucket messages')) }];
  }
  const in_ = new Reader(secret);
  in_.take(32);
  return [...nodesIn(in_), ...(part.length > 0 ? nodesIn(new Reader(part)) : [])];
};

const leafOf = (bucket, number) => {
  const below = ({ level, first }) => {
    const shift = BigInt(64 - 2 * level);
    return number >> shift === first >> shift;
  };
  const above = nodesOf(bucket).find(below) ?? refuse('CANNOT_OPEN', 'forgotten');
  let { node } = above;
  for (let level = above.level + 1; level <= 32; level += 1) {
    const digit = Number((number >> BigInt(64 - 2 * level)) & 3n);
    node = hmac256(node, ascii('entente/v1 tree'), Uint8Array.of(digit));
  }
  return node;
};

const record = (bytes, bucket, { origin, id, index }) => {
  const in_ = new Reader(bytes);
  in_.exactly(1, 'version');
  const numberAt = in_.at;
  const number = in_.big(8);
  const nonce = in_.take(12);
  const sealed = in_.take(bytes.length - in_.at);
  const address = concat(name(origin), id, u32(index));
  const aad = concat(ascii('entente/v1 local'), address, bytes.slice(numberAt, numberAt + 8));
  const key = expand(leafOf(bucket, number), ascii('entente/v1 local wrap'), address);
  const opened = gcmOpen(key, nonce, aad, sealed);
  return opened && { bodyKey: opened.slice(0, 32), label: opened.slice(32) };
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
