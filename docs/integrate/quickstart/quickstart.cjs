// A client in Node
const USAGE = 'quickstart.cjs (publish RECIPIENT KEY | receive CURSOR | track MESSAGE) HOST:PORT FOLDER';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [action, ...words] = process.argv.slice(2);
const [address, folder] = words.splice(-2);
const protos = ['publisher', 'subscriber', 'evidence'].map((file) => `entente/v1/${file}.proto`);
const types = loader.loadSync([...protos, 'google/rpc/status.proto', 'google/rpc/error_details.proto'], {
  includeDirs: ['proto/src/main/proto', 'proto/third_party', 'proto'], // as in a checkout, or in a package
  enums: String, longs: Number, defaults: true, oneofs: true,
});
const { Publisher, Subscriber, Evidence } = grpc.loadPackageDefinition(types).entente.v1;
const pem = (file) => readFileSync(join(folder, file));
const open = (Service) => new Service(address, grpc.credentials.createSsl(pem('ca.crt'), pem('tls.key'), pem('tls.crt')));
const hex = (id) => id.toString('hex');

function fail(error) {
  const [status] = error.metadata?.get('grpc-status-details-bin') ?? []; // absent if gRPC itself made the error
  const details = status ? types['google.rpc.Status'].deserialize(status).details : [];
  const info = details.find(({ type_url: type }) => type.endsWith('google.rpc.ErrorInfo'));
  const reason = info ? types['google.rpc.ErrorInfo'].deserialize(info.value).reason : grpc.status[error.code];
  console.error(error.details.startsWith(reason) ? error.details : `${reason}: ${error.details}`);
  process.exitCode = 1;
}

function publish(recipient, idempotencyKey) { // the same draft under the same key goes out once
  const label = { kind: 'KIND_ALERT', category: 'CATEGORY_IPR', purpose: 'PURPOSE_CUSTOMS_CONTROL' };
  Object.assign(label, { classification: 'CLASSIFICATION_RESTRICTED', severity: 'SEVERITY_SEVERE' });
  const alert = { texts: [{ language: 'en', headline: 'Counterfeit brake pads' }], subjects: [{ container: 'CSQU3054383' }] };
  open(Publisher).publish({ draft: { idempotencyKey, label, body: { alert }, to: { agencies: [recipient] } } }, (error, answer) => {
    if (error) return fail(error);
    const { messageId, result, accepted, refused } = answer.outcome;
    console.log(hex(messageId), result); // accepted: it is on the gateway's disk
    accepted?.permits.forEach(({ agency, agreement }) => console.log(`to ${agency} under ${agreement}`));
    (accepted ?? refused)?.refusals.forEach(({ agency, code, reason }) => console.log(`not to ${agency}: ${code}: ${reason}`));
  });
}

function receive(cursor) {
  const stream = open(Subscriber).subscribe();
  stream.on('error', fail);
  stream.on('data', ({ response, delivery }) => {
    if (response === 'delivery') {
      console.log(hex(delivery.label.messageId), 'from', delivery.label.origin); // here you store it, unless you have this id
      stream.write({ ack: { position: delivery.position } });
    } else if (response === 'caughtUp') stream.end(); // the gateway ends the stream once acknowledgements are durable
  });
  stream.write({ open: { cursor } });
}

function track(message) {
  open(Evidence).track({ messageId: Buffer.from(message, 'hex') }, (error, answer) =>
    error ? fail(error) : answer.recipients.forEach(({ agency, progress }) => console.log(agency, progress)));
}

try {
  const call = { publish, receive, track }[action];
  if (call?.length !== words.length) throw new Error(USAGE);
  call(...words);
} catch (error) { // of the command line, or of a file
  console.error(error.message);
  process.exitCode = 1;
}
