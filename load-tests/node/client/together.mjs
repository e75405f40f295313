// Originators' consent, joint operations, recall, retention and legal holds.
import assert from 'node:assert/strict';
import { hex, inSeconds } from './api.mjs';
import { WHY, alert, draft } from './drafts.mjs';

export const together = async (as) => {
  const publisher = as('fr.customs/declarations');
  const supervisor = as('fr.customs/supervisor');
  const desk = as('de.customs/desk');
  const label = { handling: ['HANDLING_H2'] };
  const id = await publisher.publish(alert('de.customs', 'Not to be passed on', 'HLXU2008419', label));
  await desk.receive('node-together', (got) => got.some((one) => hex(one.label.messageId) === hex(id)));
  await consents(supervisor, desk, id);
  await operates(publisher, supervisor, desk);
  await holds(as('de.customs/records'), id);
  await copiesToErase(desk, id);
  await recalls(publisher, supervisor, id);
};

const asking = (id) => ({
  messageIds: [id],
  agencies: ['us.cbp'],
  until: inSeconds(30 * 86_400),
  reason: 'seizure in Newark',
  onBehalfOf: WHY,
});

const consents = async (supervisor, desk, id) => {
  const { reason, ...without } = asking(id);
  assert.ok(reason);
  await desk.refused('Consent.AskConsent', without, 'INVALID_FIELD', 'reason');
  const ask = () =>
    desk.call('Consent.AskConsent', asking(id), (answer) => {
      assert.equal(answer.originator, 'fr.customs');
      return `asked of ${answer.originator}`;
    });
  const reads = (client, side, consentId, state) =>
    client.await('Consent.ListConsents', { side, endedToo: true }, ({ consents: all }) => {
      const one = all.find((entry) => hex(entry.consentId) === hex(consentId) && entry.state === state);
      return one && `${one.agency} ${one.state}`;
    });
  const { consentId } = await ask();
  await reads(supervisor, 'CONSENT_SIDE_ORIGINATOR', consentId, 'CONSENT_STATE_OPEN');
  await supervisor.call('Consent.GrantConsent', { consentId, onBehalfOf: WHY }, ({ granted }) => {
    assert.deepEqual(granted.agencies, ['us.cbp']);
    return `to ${granted.agencies}`;
  });
  await reads(desk, 'CONSENT_SIDE_ASKER', consentId, 'CONSENT_STATE_GRANTED');
  const closed = { reason: 'the case is closed', onBehalfOf: WHY };
  await supervisor.call('Consent.RevokeConsent', { consentId, ...closed }, ({ revokedAt }) => {
    return `revoked at ${revokedAt.seconds}`;
  });
  await reads(desk, 'CONSENT_SIDE_ASKER', consentId, 'CONSENT_STATE_REVOKED');
  const next = await ask();
  await reads(supervisor, 'CONSENT_SIDE_ORIGINATOR', next.consentId, 'CONSENT_STATE_OPEN');
  const deny = { consentId: next.consentId, ...closed };
  await supervisor.call('Consent.DenyConsent', deny, ({ deniedAt }) => `denied at ${deniedAt.seconds}`);
  await reads(desk, 'CONSENT_SIDE_ASKER', next.consentId, 'CONSENT_STATE_DENIED');
};

const operates = async (publisher, supervisor, desk) => {
  const founded = await supervisor.call(
    'Operations.CreateOperation',
    {
      name: 'NODE STAR',
      members: [{ agency: 'de.customs', role: 'OPERATION_ROLE_PARTICIPANT' }],
      endsAt: inSeconds(7 * 86_400),
      onBehalfOf: WHY,
    },
    ({ operation }) => {
      assert.equal(operation.number, 1);
      return `roster ${operation.number} of ${operation.name}`;
    },
  );
  const { operationId, members } = founded.operation;
  const mine = (one) => hex(one.operationId) === hex(operationId);
  const compares = (wanted) =>
    desk.await('Operations.ListOperations', {}, ({ operations }) => {
      const one = operations.find(mine);
      return one && hex(one.rosterHash) === hex(wanted.rosterHash) && `the same roster ${one.number}`;
    });
  await compares(founded.operation);
  const label = {
    kind: 'KIND_OPERATION',
    category: 'CATEGORY_IPR',
    purpose: 'PURPOSE_CUSTOMS_CONTROL',
    classification: 'CLASSIFICATION_RESTRICTED',
  };
  const said = draft('', label, { operationUpdate: { objectives: 'Pads at both ports' } });
  const id = await publisher.publish({ ...said, to: { operation: operationId } });
  await desk.await('Operations.ShowOperation', { operationId, onBehalfOf: WHY }, ({ entries }) => {
    const one = entries.find((entry) => hex(entry.messageId) === hex(id));
    return one && `${one.origin}: ${one.update.objectives}`;
  });
  const change = { operationId, members, endsAt: inSeconds(3 * 86_400), onBehalfOf: WHY };
  const stale = { ...change, seenNumber: 7 };
  await supervisor.refused('Operations.ChangeOperation', stale, 'ROSTER_STALE', 'seen_number');
  const changed = await supervisor.call(
    'Operations.ChangeOperation',
    { ...change, seenNumber: 1 },
    ({ operation }) => `roster ${operation.number}`,
  );
  await compares(changed.operation);
  await supervisor.call('Operations.CloseOperation', { operationId, onBehalfOf: WHY }, ({ operation }) => {
    assert.equal(operation.state, 'OPERATION_STATE_CLOSED');
    return operation.state;
  });
};

const holds = async (records, messageId) => {
  const one = { messageId, onBehalfOf: WHY };
  await records.call('Retention.Hold', one, ({ since }) => `since ${since.seconds}`);
  await records.call('Retention.ListHolds', {}, ({ holds: [hold] }) => {
    assert.equal(hex(hold.messageId), hex(messageId));
    return `${hold.origin}: ${hold.reason}`;
  });
  await records.refused('Retention.Erase', one, 'ON_LEGAL_HOLD', 'message_id');
  await records.call('Retention.ReleaseHold', one, ({ erasedAt }) => {
    assert.equal(erasedAt, null, 'its retention goes on');
    return 'kept on';
  });
  await records.call('Retention.Erase', one, ({ erasedAt }) => `at ${erasedAt.seconds}`);
};

/** A program that copies messages learns which of its copies to erase. */
const copiesToErase = async (desk, erased) => {
  await desk.await('Subscriptions.ListErased', {}, ({ messageIds }) => {
    return messageIds.some((id) => hex(id) === hex(erased)) && `message ${hex(erased)} is gone`;
  });
};

const recalls = async (publisher, supervisor, erased) => {
  const messageId = await publisher.publish(alert('de.customs', 'Sent in error', 'CSQU3054383'));
  const { reason, ...why } = { messageId, reason: 'wrong container', onBehalfOf: WHY };
  await supervisor.refused('Retention.Recall', why, 'INVALID_FIELD', 'reason');
  await supervisor.call('Retention.Recall', { ...why, reason }, ({ recipients }) => {
    assert.deepEqual(recipients, ['de.customs']);
    return `from ${recipients}`;
  });
  const isErased = ({ recipients: [one] }) =>
    one?.progress === 'PROGRESS_ERASED' && `${one.agency} ${one.progress}`;
  await publisher.await('Evidence.Track', { messageId }, isErased);
  await publisher.await('Evidence.Track', { messageId: erased }, ({ items }) => {
    return items.some((item) => item.kind === 'EVIDENCE_KIND_RETRIEVAL') && 'retrieved before it was erased';
  });
};
