// A foreign client: publishes one alert and, as another agency, subscribes until it arrives.
// Everything it knows stands in the .proto files.
//
//   node client.mjs publish   ADDRESS CREDENTIALS KEY RECIPIENT HEADLINE
//   node client.mjs subscribe ADDRESS CREDENTIALS CURSOR COUNT
//
// CREDENTIALS is a folder with tls.crt, tls.key and ca.crt. Prints one JSON object a line.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const here = dirname(fileURLToPath(import.meta.url));
const protos = join(here, '..', '..', 'proto', 'src', 'main', 'proto');
const definition = loader.loadSync(['publisher', 'subscriber'].map((f) => `entente/v1/${f}.proto`), {
  includeDirs: [protos],
  enums: String,
  longs: String,
  defaults: true,
  oneofs: true,
});
const { Publisher, Subscriber } = grpc.loadPackageDefinition(definition).entente.v1;

const [command, address, folder, ...rest] = process.argv.slice(2);
const credentials = grpc.credentials.createSsl(
  readFileSync(join(folder, 'ca.crt')),
  readFileSync(join(folder, 'tls.key')),
  readFileSync(join(folder, 'tls.crt')),
);
const print = (value) => console.log(JSON.stringify(value));
const fail = (error) => {
  print({ error: error.details ?? String(error), code: error.code });
  process.exitCode = 1;
};

if (command === 'publish') {
  const [key, recipient, headline] = rest;
  const client = new Publisher(address, credentials);
  const draft = {
    idempotencyKey: key,
    label: {
      kind: 'KIND_ALERT',
      category: 'CATEGORY_HAZARDOUS',
      purpose: 'PURPOSE_PRODUCT_SAFETY',
      classification: 'CLASSIFICATION_UNCLASSIFIED',
      severity: 'SEVERITY_SEVERE',
    },
    body: { alert: { texts: [{ language: 'en', headline }] } },
    to: { agencies: [recipient] },
  };
  client.publish({ draft }, (error, answer) => {
    if (error) {
      fail(error);
    } else {
      const { outcome } = answer;
      print({
        result: outcome.result,
        messageId: Buffer.from(outcome.messageId).toString('hex'),
        position: outcome.position,
        refusals: (outcome.accepted ?? outcome.refused)?.refusals ?? [],
        invalid: outcome.invalid,
      });
    }
    client.close();
  });
} else if (command === 'subscribe') {
  const [cursor, count] = rest;
  const client = new Subscriber(address, credentials);
  const call = client.subscribe();
  let left = Number(count);
  call.on('data', ({ delivery }) => {
    if (!delivery) {
      return;
    }
    print({
      messageId: Buffer.from(delivery.label.messageId).toString('hex'),
      origin: delivery.label.origin,
      headline: delivery.body.alert?.texts[0]?.headline,
      position: delivery.position,
    });
    call.write({ ack: { position: delivery.position } });
    left -= 1;
    if (left === 0) {
      call.end();
    }
  });
  call.on('error', fail);
  call.on('end', () => client.close());
  call.write({ open: { cursor } });
} else {
  console.error('publish or subscribe');
  process.exitCode = 2;
}
