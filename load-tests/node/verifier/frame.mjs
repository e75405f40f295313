// What all signed statements share: the frame before their content, and the signature after it
// ("Signed statements").
import { ascii, concat, refuse, require } from './bytes.mjs';
import { PAIR_SIGNATURE_BYTES, ed25519Verifies, pairVerifies } from './primitives.mjs';

export const GATEWAY_SIGNATURE_BYTES = 64;
export const TO_ONE = true;
export const TO_ALL = false;

/** Version to time of issue; `addressed` is whether the format names one addressee or none. */
export const readFrame = (in_, addressed) => {
  in_.exactly(1, 'version');
  in_.exactly(1, 'suite');
  const federation = in_.federation();
  const issuer = in_.agency();
  const gateway = in_.gateway();
  if (!addressed) {
    in_.exactly(0, 'length of the addressee');
  }
  const addressee = addressed ? in_.agency() : undefined;
  const issued = in_.time();
  return { federation, issuer, gateway, addressee, issued };
};

/** The signature, which ends the statement, and the message that it signs. */
export const readSignature = (in_, name, length) => {
  const message = concat(ascii(`entente/v1 ${name}\0`), in_.before());
  const signature = in_.take(length);
  in_.end();
  return { message, signature };
};

export const isSignedByAgency = ({ message, signature }, pairs) =>
  pairs.some((pair) => pairVerifies(pair, message, signature));

/** The statement if a pair of its agency signed it. */
export const signedByAgency = (statement, pairs) => {
  if (!isSignedByAgency(statement, pairs)) {
    refuse('BAD_SIGNATURE', 'not signed by a pair of its agency');
  }
  return statement;
};

/** The statement if the gateway signed it. */
export const signedByGateway = (statement, gatewayKey) => {
  if (!ed25519Verifies(gatewayKey, statement.message, statement.signature)) {
    refuse('BAD_SIGNATURE', 'not signed by the gateway');
  }
  return statement;
};

/** A list after its count of 16 bits. */
export const readList = (in_, least, most, what, read) => {
  const count = in_.u16();
  require(count >= least && count <= most, `number of ${what} out of range`);
  return Array.from({ length: count }, read);
};
