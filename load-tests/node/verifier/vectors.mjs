// Turns the project's vector files into cases; a file of cases stays as it is.

const suite1 = (v) => {
  const { inputs, envelope, session } = v;
  const gateway = v.inputs.gateway_ed25519_public;
  const parts = {
    header: envelope.header,
    signature: envelope.signature,
    labels: envelope.labels,
    bodies: envelope.bodies,
  };
  const recipient = {
    federation: inputs.federation,
    agency: inputs.recipient,
    seeds: [inputs.recipient_xwing_seed],
    pairs: { [inputs.sender]: [inputs.agency_pair_public] },
    now: inputs.now,
    announcement: session.announcement,
  };
  const pairs = [inputs.agency_pair_public];
  const good = [
    { name: 'envelope opened', format: 'envelope', ...parts, ...recipient, stanza: session.stanza },
    { name: 'header', format: 'header', bytes: envelope.header },
    { name: 'stanza', format: 'stanza', bytes: session.stanza },
    { name: 'announcement', format: 'announcement', bytes: session.announcement, pairs },
    { name: 'key bundle', format: 'key_bundle', bytes: v.key_bundle, pairs },
    { name: 'fulfilment', format: 'fulfilment', bytes: v.fulfilment, pairs },
    { name: 'void', format: 'void', bytes: v.void, gateway_key: gateway },
    { name: 'settled', format: 'settled', bytes: v.settled, gateway_key: gateway },
    { name: 'consent', format: 'consent', bytes: v.consent, gateway_key: gateway },
    { name: 'watermarks', format: 'watermarks', bytes: v.watermarks, gateway_key: gateway },
    {
      name: 'local record',
      format: 'local_record',
      bytes: v.local.record_of_message_1,
      storage_key: v.local.key,
      origin: inputs.sender,
      envelope_id: inputs.envelope_id,
      index: 1,
    },
    {
      name: 'outbox key',
      format: 'outbox_key',
      bytes: v.local.outbox_key,
      outbox_key: v.local.key,
      header_hash: envelope.header_hash,
    },
  ];
  const malformed = v.malformed.map((entry) => ({
    name: entry.why,
    format: entry.format,
    bytes: entry.bytes,
    pairs,
    gateway_key: gateway,
    expect: 'MALFORMED',
  }));
  const judged = v.cases_judged.map(({ why, ...entry }) => ({ name: why, ...recipient, ...entry }));
  return [...good, ...malformed, ...judged];
};

export const casesOf = (file) => (Array.isArray(file.cases) ? file.cases : suite1(file));
