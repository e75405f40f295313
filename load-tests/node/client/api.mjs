// What a client has of Entente: its .proto files, an address, a certificate. Calls by `Service.Method`,
// one promise each; errors with the code and the field that the trailers name.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const PATIENCE = 60_000;
const PAUSE = 100;

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'proto');
const protos = join(root, 'src', 'main', 'proto');
const files = readdirSync(join(protos, 'entente', 'v1')).map((file) => `entente/v1/${file}`);
const definition = loader.loadSync(
  [...files, 'entente/store/v1/audit.proto', 'google/rpc/status.proto', 'google/rpc/error_details.proto'],
  { includeDirs: [protos, join(root, 'third_party')], enums: String, longs: Number, defaults: true, oneofs: true },
);
const { v1 } = grpc.loadPackageDefinition(definition).entente;

/** Reads a message that comes as bytes, such as an audit record. */
export const read = (type, bytes) => definition[type].deserialize(bytes);

export const hex = (bytes) => Buffer.from(bytes).toString('hex');

/** A time so many seconds from now. */
export const inSeconds = (seconds) => ({ seconds: Math.floor(Date.now() / 1000) + seconds });

/** What a gateway refused, as it says it to programs. */
export class Refused extends Error {
  constructor(error) {
    super(error.details);
    const [trailer] = error.metadata?.get('grpc-status-details-bin') ?? [];
    const details = trailer === undefined ? [] : read('google.rpc.Status', trailer).details;
    // proto-loader opens what it knows of google.protobuf.Any, and says of which type it was.
    const of = (type) => details.find((one) => one['@type']?.endsWith(type)) ?? raw(details, type);
    this.status = grpc.status[error.code];
    this.reason = of('google.rpc.ErrorInfo')?.reason;
    this.domain = of('google.rpc.ErrorInfo')?.domain;
    this.metadata = of('google.rpc.ErrorInfo')?.metadata;
    const [violation] = of('google.rpc.BadRequest')?.fieldViolations ?? [];
    this.field = violation?.field;
    this.description = violation?.description;
  }
}

const raw = (details, type) => {
  const found = details.find((one) => one.type_url?.endsWith(type) || one.typeUrl?.endsWith(type));
  return found && read(type, found.value);
};

/** Tries again until something is so, which takes a gateway a while; what it was. */
export const until = async (what, attempt) => {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    const found = await attempt();
    if (found) {
      return found;
    }
    await new Promise((done) => setTimeout(done, PAUSE));
  }
  throw new Error(`not within a minute: ${what}`);
};

/** A client of an agency. Each call that came out as was expected is printed. */
export class Client {
  constructor(agency, name, address, folder) {
    this.agency = agency;
    this.as = `${agency}/${name}`;
    this.address = address;
    const pem = (file) => readFileSync(join(folder, file));
    this.credentials = grpc.credentials.createSsl(pem('ca.crt'), pem('tls.key'), pem('tls.crt'));
    this.stubs = new Map();
  }

  stub(service) {
    if (!this.stubs.has(service)) {
      assert.ok(v1[service], `no service ${service} in the .proto files`);
      this.stubs.set(service, new v1[service](this.address, this.credentials));
    }
    return this.stubs.get(service);
  }

  send(name, request) {
    const [service, method] = name.split('.');
    const stub = this.stub(service);
    return new Promise((done, failed) => {
      stub[method](request, (error, answer) => (error ? failed(new Refused(error)) : done(answer)));
    });
  }

  /** The answer of a call, in which `shows` found what it was made for. */
  async call(name, request, shows) {
    const answer = await this.send(name, request).catch((error) => {
      throw new Error(`${this.as} ${name}: ${error.message}`);
    });
    this.answered(name, shows(answer));
    return answer;
  }

  /** The same again and again until `shows` finds it; also where it is refused and may be later. */
  async await(name, request, shows) {
    const answer = await until(`${this.as} ${name}`, async () => {
      const one = await this.send(name, request).catch((error) => {
        if (error.metadata?.retry !== 'true') {
          throw error;
        }
      });
      return one && shows(one) ? one : undefined;
    });
    this.answered(name, shows(answer));
    return answer;
  }

  /** A call that is refused with a code and, where one is at fault, for a field. */
  async refused(name, request, reason, field) {
    const error = await this.send(name, request).then(
      (answer) => assert.fail(`${name} was to be refused: ${JSON.stringify(answer)}`),
      (refusal) => refusal,
    );
    assert.ok(error instanceof Refused, String(error));
    assert.equal(error.reason, reason, error.message);
    assert.equal(error.field, field, error.message);
    assert.equal(error.domain, 'entente');
    assert.match(error.metadata.who_must_act, /^(CLIENT|OPERATOR|PEER|POLICY|NOBODY)$/);
    console.log(JSON.stringify({ refused: name, as: this.as, reason, field: field ?? '' }));
    return error;
  }

  /** Messages of a stream until `enough` of them have come, or all to its end. */
  stream(name, request, enough, shows) {
    const [service, method] = name.split('.');
    const call = this.stub(service)[method](request);
    return new Promise((done, failed) => {
      const got = [];
      call.on('data', (one) => {
        got.push(one);
        if (enough(got)) {
          call.cancel();
          done(got);
        }
      });
      call.on('end', () => done(got));
      call.on('error', (error) => failed(new Refused(error)));
    }).then((got) => {
      this.answered(name, shows(got));
      return got;
    });
  }

  /** Takes deliveries by a cursor until `enough` of them have come, and acknowledges them or gives them back. */
  receive(cursor, enough, answer = 'ack') {
    const call = this.stub('Subscriber').subscribe();
    return new Promise((done, failed) => {
      const got = [];
      call.on('data', ({ delivery }) => {
        if (delivery) {
          got.push(delivery);
          call.write({ [answer]: { position: delivery.position } });
          if (enough(got)) {
            call.end();
          }
        }
      });
      call.on('end', () => done(got));
      call.on('error', (error) => failed(new Refused(error)));
      call.write({ open: { cursor } });
    }).then((got) => {
      assert.ok(enough(got), `${this.as}: the stream of ${cursor} ended early`);
      this.answered('Subscriber.Subscribe', `${got.length} deliveries`);
      return got;
    });
  }

  /** Publishes a draft that is accepted; its id. */
  async publish(draft) {
    const { outcome } = await this.call('Publisher.Publish', { draft }, ({ outcome: one }) => {
      assert.equal(one.result, 'accepted', JSON.stringify(one));
      return one.accepted.permits.map((permit) => `${permit.agency} by ${permit.agreement}`).join();
    });
    return outcome.messageId;
  }

  answered(name, shows) {
    assert.ok(shows, `${this.as} ${name} shows nothing`);
    console.log(JSON.stringify({ answered: name, as: this.as, shows }));
  }

  close() {
    this.stubs.forEach((stub) => stub.close());
  }
}
