// Files that belong to messages: uploaded in parts, fetched when somebody opens them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { hex } from './api.mjs';
import { WHY, alert } from './drafts.mjs';

const PART = 131_072;
const PHOTOGRAPH = Buffer.alloc(PART + 1_000, 'entente');

export const attachments = async (as) => {
  const sender = as('de.customs/declarations');
  const uploadId = await uploads(sender);
  const draft = alert('fr.customs', 'Seen at the gate', 'CSQU3054383', { attachments: [{ id: uploadId }] });
  const messageId = await sender.publish(draft);
  await reads(as('fr.customs/desk'), messageId);
};

const uploads = async (sender) => {
  const sha256 = createHash('sha256').update(PHOTOGRAPH).digest();
  const file = { name: 'gate.jpg', mediaType: 'image/jpeg', size: PHOTOGRAPH.length, sha256 };
  await sender.refused('Attachments.BeginUpload', { ...file, name: 'two\nlines' }, 'INVALID_FIELD', 'name');
  const { uploadId } = await sender.call('Attachments.BeginUpload', file, (begun) => {
    assert.ok(begun.writeBytes >= PART, JSON.stringify(begun));
    return `${begun.writeBytes} bytes in a call`;
  });
  const write = (offset) => ({ uploadId, offset, data: PHOTOGRAPH.subarray(offset, offset + PART) });
  await sender.call('Attachments.WriteUpload', write(0), ({ committed, complete }) => {
    assert.equal(Number(committed), PART);
    assert.equal(complete, false);
    return `${committed} bytes are on the disk`;
  });
  await sender.call('Attachments.ShowUpload', { uploadId }, ({ committed }) => {
    assert.equal(Number(committed), PART);
    return `goes on at ${committed}`;
  });
  await sender.call('Attachments.WriteUpload', write(PART), ({ complete }) => {
    assert.equal(complete, true);
    return 'complete';
  });
  return uploadId;
};

const reads = async (desk, messageId) => {
  await desk.receive('node-attachments', (got) => got.some(({ label }) => hex(label.messageId) === hex(messageId)));
  const { readingId } = await desk.call(
    'Attachments.OpenAttachment',
    { messageId, onBehalfOf: WHY },
    ({ attachment }) => {
      assert.equal(Number(attachment.size), PHOTOGRAPH.length);
      return `${attachment.name}, ${attachment.mediaType}`;
    },
  );
  const got = [];
  let offset = 0;
  while (offset < PHOTOGRAPH.length) {
    const { data } = await desk.await('Attachments.ReadAttachment', { readingId, offset }, (part) => {
      return part.data.length > 0 && `${part.data.length} bytes from ${offset}`;
    });
    got.push(data);
    offset += data.length;
  }
  assert.deepEqual(Buffer.concat(got), PHOTOGRAPH);
};
