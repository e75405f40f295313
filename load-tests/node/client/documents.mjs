// Files as they are: each byte arrives, and what the sender calls a file is no path.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hex } from './api.mjs';
import { WHY, draft } from './drafts.mjs';

const LIMIT = 1 << 20;
const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

export const documents = async (as) => {
  const sender = as('de.customs/declarations');
  const desk = as('fr.customs/desk');
  await refusesWhatIsTooLarge(sender);
  const image = { mediaType: 'image/png', name: 'x.png', content: EVERY_BYTE };
  await sender.refused('Publisher.Publish', { draft: one(image) }, 'INVALID_FIELD', 'body.document.media_type');
  await arrives(sender, desk, { mediaType: 'application/pdf', name: '../../report.pdf', content: EVERY_BYTE });
  await arrives(sender, desk, { mediaType: 'application/octet-stream', name: '', content: Buffer.alloc(0) });
};

const one = (document) =>
  draft(
    'fr.customs',
    {
      kind: 'KIND_INTELLIGENCE',
      category: 'CATEGORY_IPR',
      purpose: 'PURPOSE_CUSTOMS_CONTROL',
      classification: 'CLASSIFICATION_RESTRICTED',
    },
    { document },
  );

const refusesWhatIsTooLarge = async (sender) => {
  const content = Buffer.alloc(LIMIT);
  const error = await sender.refused(
    'Publisher.Publish',
    { draft: one({ mediaType: 'application/zip', name: 'large.zip', content }) },
    'TOO_LARGE',
    'body',
  );
  assert.match(error.description, /at most 1048576/);
};

const arrives = async (sender, desk, document) => {
  const messageId = await sender.publish(one(document));
  const mine = (got) => got.find(({ label }) => hex(label.messageId) === hex(messageId));
  const got = await desk.receive(`node-document-${hex(messageId).slice(0, 8)}-${document.content.length}`, mine);
  assert.deepEqual(mine(got).body.document, document);
  await desk.call('Search.Open', { messageId, onBehalfOf: WHY }, ({ body }) => {
    assert.deepEqual(body.document, document);
    return `${body.document.content.length} bytes, ${saved(messageId, body.document)}`;
  });
};

/** Saves it as the message's id, which is no text of the sender; what is on the disk is what was sent. */
const saved = (messageId, { content }) => {
  const folder = mkdtempSync(join(tmpdir(), 'node-documents-'));
  try {
    const file = join(folder, hex(messageId));
    writeFileSync(file, content, { flag: 'wx', mode: 0o600 });
    assert.deepEqual(readdirSync(folder), [hex(messageId)]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readFileSync(file), content);
    return `SHA-256 ${createHash('sha256').update(content).digest('hex')}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
