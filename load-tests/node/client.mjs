// A foreign client: it does what agencies do with each other, as clients of two of them, and calls each
// method of each service. Everything it knows stands in the .proto files.
//
//   node client.mjs CLIENTS.json
//
// The file names gateways and credentials: {"fr.customs": {"address": "127.0.0.1:7441", "clients":
// {"desk": FOLDER, …}}, …}; a folder has tls.crt, tls.key and ca.crt. Prints a JSON object for each call
// that came out as was expected, and ends with 1 at the first that did not.
import { readFileSync } from 'node:fs';
import { Client } from './client/api.mjs';
import { attachments } from './client/attachments.mjs';
import { casework } from './client/casework.mjs';
import { documents } from './client/documents.mjs';
import { messages } from './client/messages.mjs';
import { office } from './client/office.mjs';
import { requests } from './client/requests.mjs';
import { rights } from './client/rights.mjs';
import { together } from './client/together.mjs';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('node client.mjs CLIENTS.json');
  process.exit(2);
}
const all = new Map();
for (const [agency, { address, clients }] of Object.entries(JSON.parse(readFileSync(file, 'utf8')))) {
  for (const [name, folder] of Object.entries(clients)) {
    all.set(`${agency}/${name}`, new Client(agency, name, address, folder));
  }
}
const as = (name) => {
  const client = all.get(name);
  if (client === undefined) {
    throw new Error(`no client ${name} in ${file}`);
  }
  return client;
};

try {
  for (const chapter of [messages, documents, attachments, requests, casework, together, rights, office]) {
    await chapter(as);
  }
} catch (error) {
  console.error(error.stack ?? String(error));
  process.exitCode = 1;
} finally {
  all.forEach((client) => client.close());
}
