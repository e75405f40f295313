// The hash tree of a log ("Tree"): RFC 6962's hashes, RFC 9162's way of checking proofs.
import { concat, equal, u8 } from './bytes.mjs';
import { sha256 } from './primitives.mjs';

export const leafHash = (data) => sha256(u8(0), data);
const nodeHash = (left, right) => sha256(concat(u8(1), left, right));

const odd = (n) => (n & 1n) === 1n;

/** Whether a leaf hash stands at a place under the root of a tree of a size. */
export const includes = (index, size, leaf, proof, root) => {
  if (index < 0n || index >= size) {
    return false;
  }
  let fn = index;
  let sn = size - 1n;
  let r = leaf;
  for (const p of proof) {
    if (sn === 0n) {
      return false;
    }
    if (odd(fn) || fn === sn) {
      r = nodeHash(p, r);
      while (!odd(fn) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      r = nodeHash(r, p);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && equal(r, root);
};

/** Whether the larger tree begins with the smaller, which has leaves. */
export const continues = (olderSize, olderRoot, size, root, proof) => {
  if (olderSize < 1n || olderSize > size) {
    return false;
  }
  if (olderSize === size) {
    return proof.length === 0 && equal(olderRoot, root);
  }
  const whole = (olderSize & (olderSize - 1n)) === 0n;
  const path = whole ? [olderRoot, ...proof] : proof;
  if (path.length === 0) {
    return false;
  }
  let fn = olderSize - 1n;
  let sn = size - 1n;
  while (odd(fn)) {
    fn >>= 1n;
    sn >>= 1n;
  }
  let [fr] = path;
  let sr = fr;
  for (const c of path.slice(1)) {
    if (sn === 0n) {
      return false;
    }
    if (odd(fn) || fn === sn) {
      fr = nodeHash(c, fr);
      sr = nodeHash(c, sr);
      while (!odd(fn) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      sr = nodeHash(sr, c);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && equal(fr, olderRoot) && equal(sr, root);
};
