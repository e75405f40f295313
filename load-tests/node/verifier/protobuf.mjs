// Protobuf's wire format without any schema: a message is a list of numbered fields.
import { concat, equal, require } from './bytes.mjs';

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

const MAX_NUMBER = (1 << 29) - 1;

/** The shortest varint of a number. */
export const varint = (value) => {
  const out = [];
  let rest = BigInt(value);
  while (rest > 0x7fn) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Uint8Array.from(out);
};

/** One varint of up to ten bytes: its value below 2^64 and where the next byte stands. */
const readVarint = (bytes, start) => {
  let value = 0n;
  for (let i = 0; i < 10; i += 1) {
    require(start + i < bytes.length, 'a varint is cut');
    const byte = bytes[start + i];
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) {
      require(value < 1n << 64n, 'a varint of more than 64 bits');
      return [value, start + i + 1];
    }
  }
  return require(false, 'a varint of more than ten bytes');
};

/**
 * The fields in the order in which they stand: number, wire type, value (a BigInt or bytes) and
 * the bytes from tag to end. Groups, which proto3 has not, are refused.
 */
export const fields = (bytes) => {
  const out = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at;
    let tag;
    [tag, at] = readVarint(bytes, at);
    const number = Number(tag >> 3n);
    const type = Number(tag & 7n);
    require(number >= 1 && number <= MAX_NUMBER, 'no such field number');
    let value;
    if (type === VARINT) {
      [value, at] = readVarint(bytes, at);
    } else {
      let length = { [FIXED64]: 8, [FIXED32]: 4 }[type];
      if (type === BYTES) {
        [length, at] = readVarint(bytes, at);
        require(length <= bytes.length, 'a field is cut');
        length = Number(length);
      }
      require(length !== undefined, 'a wire type that proto3 has not');
      require(bytes.length - at >= length, 'a field is cut');
      value = bytes.slice(at, at + length);
      at += length;
    }
    out.push({ number, type, value, bytes: bytes.slice(start, at) });
  }
  return out;
};

/** Varints that stand one behind the other. */
export const packed = (bytes) => {
  const out = [];
  for (let at = 0; at < bytes.length; ) {
    let value;
    [value, at] = readVarint(bytes, at);
    out.push(value);
  }
  return out;
};

/** A field in its one shortest encoding. */
export const encode = ({ number, type, value }) => {
  const tag = varint((BigInt(number) << 3n) | BigInt(type));
  if (type === VARINT) {
    return concat(tag, varint(value));
  }
  return type === BYTES ? concat(tag, varint(value.length), value) : concat(tag, value);
};

/** Whether a field stands in its shortest encoding. */
export const isShortest = (field) => equal(encode(field), field.bytes);
