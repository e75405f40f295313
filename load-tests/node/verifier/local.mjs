// What a gateway keeps for itself ("Local record", "Outbox key").
import { Reader, Refused, ascii, concat, name, refuse, u32 } from './bytes.mjs';
import { expand, gcmOpen } from './primitives.mjs';

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

const record = (bytes, storageKey, { origin, id, index }) => {
  const in_ = new Reader(bytes);
  in_.exactly(1, 'version');
  const nonce = in_.take(12);
  const wrapped = in_.take(48);
  const label = in_.take(bytes.length - in_.at);
  const address = concat(name(origin), id, u32(index));
  const aad = concat(ascii('entente/v1 local'), address);
  const key = expand(storageKey, ascii('entente/v1 local wrap'), address);
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
