// Trust bundles ("Trust bundle"): text, rules, signatures, and what may follow what.
import {
  concat,
  hex,
  isAgency,
  isFederation,
  refuse,
  require,
  utf8,
} from './bytes.mjs';
import { authorityKey } from './certificate.mjs';
import { base64, parseNote, parseVkey, verifyNote } from './note.mjs';
import { isEd25519Key, sha256 } from './primitives.mjs';

const DAY = 86_400_000;
const MAX_LIFE = 92 * DAY;
const GRACE = 3 * DAY;
const SKEW = 300_000;

// JSON --------------------------------------------------------------------------------------------

/** The one text of a value: two spaces a level, a space on both sides of a colon. */
const print = (value, indent = '') => {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => `${inner}${print(item, inner)}`);
    return items.length === 0 ? '[ ]' : `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (typeof value === 'object') {
    const items = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .map(([k, v]) => `${inner}${JSON.stringify(k)} : ${print(v, inner)}`);
    return items.length === 0 ? '{ }' : `{\n${items.join(',\n')}\n${indent}}`;
  }
  return JSON.stringify(value);
};

/** Reads JSON of a shape and refuses any text of it but the one that is printed. */
export const parseJson = (text, shape) => {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    require(false, 'not JSON');
  }
  const read = shape(value);
  require(`${print(read)}\n` === text, 'JSON in another form');
  return read;
};

export const object = (fields, optional = []) => (value) => {
  require(typeof value === 'object' && value !== null && !Array.isArray(value), 'not an object');
  const names = Object.keys(fields);
  require(Object.keys(value).every((k) => names.includes(k)), 'an unknown field');
  return Object.fromEntries(
    names
      .filter((k) => Object.hasOwn(value, k) || !optional.includes(k))
      .map((k) => {
        require(Object.hasOwn(value, k), `${k} is missing`);
        return [k, fields[k](value[k])];
      }),
  );
};

const list = (shape, least, most, what) => (value) => {
  require(Array.isArray(value), `${what} is no list`);
  const items = value.map(shape);
  require(items.length >= least && items.length <= most, `number of ${what} out of range`);
  const texts = items.map((item) => JSON.stringify(item));
  require(new Set(texts).size === texts.length, `${what} twice`);
  return items;
};

export const text = (holds, what) => (value) => {
  require(typeof value === 'string' && value.length <= 32768 && holds(value), `not ${what}`);
  return value;
};
const form = (pattern, what) => text((value) => pattern.test(value), what);
export const whole = (value) => {
  require(Number.isSafeInteger(value) && value >= 1, 'not a whole number from 1');
  return value;
};

export const time = text(
  (value) =>
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/.test(value) &&
    !Number.isNaN(Date.parse(value)) &&
    new Date(value).toISOString() === value.replace('Z', '.000Z'),
  'a time',
);
const bytes = (holds, what) => text((value) => holds(base64(value)), what);
const code = (...codes) => text((value) => codes.includes(value), `one of ${codes}`);

// Content -----------------------------------------------------------------------------------------

const pair = object({
  id: form(/^[0-9a-f]{16}$/, 'an id'),
  ed25519: bytes(isEd25519Key, 'an Ed25519 key'),
  mldsa44: bytes((key) => key.length === 1312, 'an ML-DSA-44 key'),
  not_before: time,
  not_after: time,
});

const agencyKey = (value) => {
  const read = pair(value);
  const both = concat(base64(read.ed25519), base64(read.mldsa44));
  require(read.id === hex(sha256(both).slice(0, 8)), 'the id of another pair');
  require(Date.parse(read.not_after) > Date.parse(read.not_before), 'a pair that ends first');
  return read;
};

const HOST = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])$/;
const endpoint = text((value) => {
  const at = value.lastIndexOf(':');
  const port = value.slice(at + 1);
  return at > 0 && HOST.test(value.slice(0, at)) && /^[1-9][0-9]{0,4}$/.test(port) && port <= 65535;
}, 'an endpoint');

export const agency = text(isAgency, 'an agency');
export const fingerprint = form(/^[0-9a-f]{64}$/, 'a fingerprint');

const member = (value) => {
  const read = object(
    {
      name: agency,
      jurisdiction: form(/^[A-Z]{2}$/, 'a jurisdiction'),
      kind: code('CUSTOMS', 'POLICE', 'BORDER', 'OTHER'),
      roles: list(code('MEMBER', 'TRANSIT', 'WITNESS'), 1, 3, 'roles'),
      ca: list(bytes((der) => authorityKey(der).length > 0, 'a certificate'), 1, 8, 'CAs'),
      signing: list(agencyKey, 1, 8, 'signing pairs'),
      audit: list(agencyKey, 0, 8, 'audit pairs'),
      endpoints: list(endpoint, 0, 16, 'endpoints'),
      via: list(agency, 0, 8, 'transits'),
      revoked: list(fingerprint, 0, 256, 'revoked certificates'),
    },
    ['jurisdiction'],
  )(value);
  const prefix = read.name.slice(0, read.name.indexOf('.'));
  const expected = prefix === 'x' ? undefined : prefix.toUpperCase();
  require(read.jurisdiction === expected, 'the jurisdiction of another name');
  const order = ['MEMBER', 'TRANSIT', 'WITNESS'].filter((role) => read.roles.includes(role));
  require(`${order}` === `${read.roles}`, 'roles in another order');
  require(!read.via.includes(read.name), 'reached through itself');
  const pairs = [...read.signing, ...read.audit];
  ['ed25519', 'mldsa44'].forEach((half) =>
    require(new Set(pairs.map((p) => p[half])).size === pairs.length, 'a key in two pairs'),
  );
  return read;
};

const vkey = (type) =>
  text((value) => parseVkey(value).type === type, `a vkey of the type ${type}`);

const rootSet = (value) => {
  const read = object({
    threshold: whole,
    keys: list(object({ ed25519: vkey('ed25519'), mldsa44: vkey('ml-dsa-44 note') }), 1, 16, 'roots'),
  })(value);
  require(read.threshold <= read.keys.length, 'a threshold that cannot be met');
  const keys = read.keys.map((key) => [parseVkey(key.ed25519), parseVkey(key.mldsa44)]);
  require(keys.every(([a, b]) => a.name === b.name), 'a root of two names');
  const distinct = (values) => new Set(values).size === values.length;
  require(
    distinct(keys.map(([a]) => a.name)) &&
      distinct(keys.map(([a]) => hex(a.publicKey))) &&
      distinct(keys.map(([, b]) => hex(b.publicKey))),
    'a root twice',
  );
  return read;
};

const STATE = /^[A-Z]{2}$/;
const BLOC = /^(EU|EZ|UN|AA|Q[M-Z]|X[A-Z]|ZZ)$/;

/** The jurisdictions of each group, nested ones resolved. */
const resolve = (groups) => {
  const resolved = {};
  const visit = (name, path) => {
    require(!path.includes(name), 'a group that contains itself');
    resolved[name] ??= new Set(
      groups[name].flatMap((entry) =>
        Object.hasOwn(groups, entry) ? [...visit(entry, [...path, name])] : [entry],
      ),
    );
    return resolved[name];
  };
  Object.keys(groups).forEach((name) => visit(name, []));
  return resolved;
};

const parseGroups = (value) => {
  require(typeof value === 'object' && value !== null && !Array.isArray(value), 'no groups');
  const names = Object.keys(value).sort();
  require(names.length <= 256, 'too many groups');
  require(
    names.every((name) => /^[A-Z][A-Z0-9-]{1,31}$/.test(name) && (!STATE.test(name) || BLOC.test(name))),
    'not a name of a group',
  );
  const entry = text((one) => Object.hasOwn(value, one) || STATE.test(one), 'an entry of a group');
  const groups = Object.fromEntries(
    names.map((name) => [name, list(entry, 0, 512, 'entries')(value[name])]),
  );
  resolve(groups);
  return groups;
};

const publicKeys = ({ signing, audit }) =>
  [...signing, ...audit].flatMap((key) => [key.ed25519, key.mldsa44]);

/** Keys of one agency may stand twice, those of two may not be the same. */
const requireOwn = (lists, what) => {
  const all = lists.flatMap((keys) => [...new Set(keys)]);
  require(new Set(all).size === all.length, `two agencies share a ${what}`);
};

const content = (value) => {
  const read = object({
    federation: text(isFederation, 'a federation'),
    version: whole,
    issued: time,
    expires: time,
    roots: rootSet,
    groups: parseGroups,
    agencies: list(member, 1, 512, 'agencies'),
  })(value);
  const life = Date.parse(read.expires) - Date.parse(read.issued);
  require(life > 0 && life <= MAX_LIFE, 'does not expire in time');
  const { agencies } = read;
  require(agencies.every((a, i) => i === 0 || agencies[i - 1].name < a.name), 'not ascending');
  const transits = agencies.filter((a) => a.roles.includes('TRANSIT')).map((a) => a.name);
  require(agencies.every((a) => a.via.every((v) => transits.includes(v))), 'via no transit');
  requireOwn(
    agencies.map((a) => a.ca.map((der) => hex(authorityKey(base64(der))))),
    'CA key',
  );
  requireOwn(agencies.map(publicKeys), 'key');
  const roots = read.roots.keys
    .flatMap((key) => [key.ed25519, key.mldsa44])
    .map((key) => Buffer.from(parseVkey(key).publicKey).toString('base64'));
  require(!agencies.flatMap(publicKeys).some((key) => roots.includes(key)), 'the key of a root');
  return read;
};

const parseText = (note) => {
  const end = note.indexOf('\n');
  require(end >= 0, 'no origin line');
  const read = parseJson(note.slice(end + 1), content);
  require(note.slice(0, end) === `entente/${read.federation}/trust-bundle`, 'another origin line');
  return read;
};

/** What a node is given before it has seen a bundle. */
export const parseRoots = (file) =>
  parseJson(file, object({ federation: text(isFederation, 'a federation'), roots: rootSet }));

// Rules -------------------------------------------------------------------------------------------

const vkeys = (set) => set.keys.flatMap((key) => [key.ed25519, key.mldsa44]);
const meets = (set, signed) =>
  set.keys.filter((key) => signed.has(key.ed25519) && signed.has(key.mldsa44)).length >=
  set.threshold;

const verifySignatures = (note, old, next) => {
  let signed;
  try {
    signed = verifyNote(note, [...vkeys(old), ...vkeys(next)].map(parseVkey));
  } catch (error) {
    if (error.code === 'BAD_SIGNATURE') {
      refuse('THRESHOLD', error.message);
    }
    throw error;
  }
  if (!meets(old, signed)) {
    refuse('THRESHOLD', 'too few roots signed');
  }
  if (!meets(next, signed)) {
    refuse('ROTATION', 'too few of the new roots signed');
  }
};

/** Whether a bundle trusts anything that the one before it does not. */
const admits = (old, next) => {
  const missing = (before, after) => {
    const had = before.map((item) => JSON.stringify(item));
    return after.some((item) => !had.includes(JSON.stringify(item)));
  };
  const before = resolve(old.groups);
  return (
    print(old.roots) !== print(next.roots) ||
    Object.entries(resolve(next.groups)).some(([name, codes]) =>
      [...codes].some((one) => !before[name]?.has(one)),
    ) ||
    next.agencies.some((after) => {
      const had = old.agencies.find(({ name }) => name === after.name);
      return (
        had === undefined ||
        had.kind !== after.kind ||
        missing(after.revoked, had.revoked) ||
        ['roles', 'ca', 'signing', 'audit'].some((part) => missing(had[part], after[part]))
      );
    })
  );
};

/** The text of a bundle that the configured roots signed; its time is not judged. */
export const readSignedBundle = (noteBytes, rootsFile) => {
  const roots = parseRoots(rootsFile);
  const note = parseNote(noteBytes);
  const next = parseText(note.text);
  if (next.federation !== roots.federation) {
    refuse('WRONG_FEDERATION', 'a bundle of another federation');
  }
  verifySignatures(note, roots.roots, next.roots);
  return next;
};

/**
 * Judges a bundle at a time (milliseconds), by the configured roots or, where one is in force, by
 * that one's.
 */
export const verifyBundle = (noteBytes, rootsFile, now, inForce) => {
  const roots = parseRoots(rootsFile);
  const current = inForce && parseNote(inForce).text;
  const old = current === undefined ? undefined : parseText(current);
  const note = parseNote(noteBytes);
  const next = parseText(note.text);
  if (next.federation !== roots.federation) {
    refuse('WRONG_FEDERATION', 'a bundle of another federation');
  }
  verifySignatures(note, (old ?? roots).roots, next.roots);
  const again = note.text === current;
  if (old !== undefined && next.version < old.version) {
    refuse('ROLLBACK', 'an older version');
  }
  if (old !== undefined && next.version === old.version && !again) {
    refuse('EQUIVOCATION', 'another content of the same version');
  }
  if (!again && Date.parse(next.issued) > now + SKEW) {
    refuse('NOT_YET_VALID', 'issued in the future');
  }
  const late = now - Date.parse(next.expires);
  if (late > GRACE || (late > 0 && old === undefined)) {
    refuse('EXPIRED', 'expired');
  }
  if (late > 0 && !again && admits(old, next)) {
    refuse('GRACE_ADMITS_NOTHING', 'expired and admits something');
  }
  return {
    version: next.version,
    hash: hex(sha256(utf8(note.text))),
    agencies: next.agencies.map(({ name }) => name),
  };
};
