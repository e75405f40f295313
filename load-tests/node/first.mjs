// A first client: publishes one alert and prints what came of it.
//
//   node first.mjs HOST:PORT FOLDER RECIPIENT
//
// The folder has tls.crt, tls.key and ca.crt of a client with the scope publish.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [address, folder, recipient] = process.argv.slice(2);
const protos = fileURLToPath(new URL('../../proto/src/main/proto', import.meta.url));
const definition = loader.loadSync('entente/v1/publisher.proto', { includeDirs: [protos], enums: String, defaults: true, oneofs: true });
const { Publisher } = grpc.loadPackageDefinition(definition).entente.v1;
const pem = (file) => readFileSync(join(folder, file));
const gateway = new Publisher(address, grpc.credentials.createSsl(pem('ca.crt'), pem('tls.key'), pem('tls.crt')));

const draft = {
  // The number of the record in your own system: the same draft under the same key goes out once.
  idempotencyKey: 'first-client-1',
  label: {
    kind: 'KIND_ALERT',
    category: 'CATEGORY_IPR',
    purpose: 'PURPOSE_CUSTOMS_CONTROL',
    classification: 'CLASSIFICATION_RESTRICTED',
    severity: 'SEVERITY_SEVERE',
  },
  body: { alert: { texts: [{ language: 'en', headline: 'Counterfeit brake pads' }], subjects: [{ container: 'CSQU3054383' }] } },
  to: { agencies: [recipient] },
};

gateway.publish({ draft }, (error, answer) => {
  if (error) {
    console.error(error.details); // what was wrong and what would be valid; for programs in the trailers
    process.exitCode = 1;
  } else {
    const { messageId, result, accepted, refused } = answer.outcome;
    console.log(messageId.toString('hex'), result);
    accepted?.permits.forEach(({ agency, agreement }) => console.log(`to ${agency} under ${agreement}`));
    (accepted ?? refused)?.refusals.forEach(({ agency, code, reason }) => console.log(`not to ${agency}: ${code}: ${reason}`));
  }
  gateway.close();
});
