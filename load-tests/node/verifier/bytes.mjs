// Bytes, numbers and names as docs/develop/wire-format.md states them under "Rules for all formats".

/** What a reader answers to bytes that are not what they should be. Nothing else is a refusal. */
export class Refused extends Error {
  constructor(code, reason) {
    super(reason);
    this.code = code;
  }
}

export const refuse = (code, reason) => {
  throw new Refused(code, reason);
};

/** Refuses as malformed unless the condition holds. */
export const require = (holds, reason) => {
  if (!holds) {
    refuse('MALFORMED', reason);
  }
};

export const hex = (bytes) => Buffer.from(bytes).toString('hex');

/** Bytes of a case file; a case file that is not hex is no finding about a format. */
export const fromHex = (text) => {
  if (typeof text !== 'string' || !/^([0-9a-f]{2})*$/.test(text)) {
    throw new TypeError('hex is missing in the case');
  }
  return new Uint8Array(Buffer.from(text, 'hex'));
};

export const ascii = (text) => new Uint8Array(Buffer.from(text, 'latin1'));
export const utf8 = (text) => new Uint8Array(Buffer.from(text, 'utf8'));
export const concat = (...parts) => new Uint8Array(Buffer.concat(parts));
export const equal = (a, b) => Buffer.compare(a, b) === 0;
export const u8 = (n) => Uint8Array.of(Number(n));

const number = (n, size) => {
  const out = new Uint8Array(size);
  let rest = BigInt(n);
  for (let i = size - 1; i >= 0; i -= 1) {
    out[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return out;
};
export const u16 = (n) => number(n, 2);
export const u32 = (n) => number(n, 4);
export const u64 = (n) => number(n, 8);
export const name = (text) => concat(u8(text.length), ascii(text));

export const MAX_U64 = 1n << 62n;
export const MAX_TIME = 253402300799999n;

const AGENCY = /^([a-z]{2}|x)\.[a-z][a-z0-9-]{0,31}$/;
const GATEWAY = /^[a-z0-9][a-z0-9-]{0,31}$/;
const FEDERATION = /^[a-z0-9][a-z0-9.-]{0,98}[a-z0-9]$/;
export const isAgency = (text) => AGENCY.test(text);
export const isFederation = (text) => FEDERATION.test(text);

/** Reads fixed formats from the front; whatever is not there or not as stated is refused. */
export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  take(length) {
    require(this.bytes.length - this.at >= length, `ends at byte ${this.bytes.length}`);
    this.at += length;
    return this.bytes.slice(this.at - length, this.at);
  }

  big(size) {
    return this.take(size).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }

  u8() {
    return Number(this.big(1));
  }

  u16() {
    return Number(this.big(2));
  }

  u32() {
    return Number(this.big(4));
  }

  u64(from = 0n) {
    const value = this.big(8);
    require(value >= from && value <= MAX_U64, `number out of range before byte ${this.at}`);
    return value;
  }

  /** Milliseconds since 1970, to the end of the year 9999. */
  time() {
    const time = this.u64();
    require(time <= MAX_TIME, `time out of range before byte ${this.at}`);
    return time;
  }

  exactly(value, what) {
    require(this.u8() === value, `${what} is not ${value}`);
  }

  text(form, what) {
    const text = Buffer.from(this.take(this.u8())).toString('latin1');
    require(form.test(text), `${what} is no name`);
    return text;
  }

  agency() {
    return this.text(AGENCY, 'agency');
  }

  gateway() {
    return this.text(GATEWAY, 'gateway');
  }

  federation() {
    return this.text(FEDERATION, 'federation');
  }

  lane() {
    const lane = this.u8();
    require(lane >= 1 && lane <= 4, 'no such lane');
    return lane;
  }

  /** What has been read so far. */
  before() {
    return this.bytes.slice(0, this.at);
  }

  end() {
    require(this.at === this.bytes.length, 'bytes after the last field');
  }
}
