// Publishing, receiving, evidence, release by a second person.
import assert from 'node:assert/strict';
import { hex } from './api.mjs';
import { WHY, alert, draft } from './drafts.mjs';

export const messages = async (as) => {
  const publisher = as('fr.customs/declarations');
  await explains(publisher);
  await refusesWhatIsMalformed(publisher);
  await followsAMessage(publisher, as('de.customs/desk'));
  await disclosesAddressees(publisher, as('de.customs/desk'));
  await publishesManyAtOnce(publisher);
  await waitsForASecondPerson(publisher, as('fr.customs/supervisor'));
};

const explains = async (publisher) => {
  await publisher.call(
    'Publisher.Explain',
    { draft: alert('de.customs', 'Phosphide in toys', 'CSQU3054383') },
    ({ outcome, recipients: [one] }) => {
      assert.equal(outcome, 'EXPLAINED_OUTCOME_ACCEPTED');
      assert.equal(one.outcome, outcome);
      assert.ok(one.obligations.includes('OBLIGATION_DESTROY_AFTER_RETENTION'), JSON.stringify(one));
      return `${one.agency} by ${one.permittedBy}`;
    },
  );
  await publisher.call(
    'Publisher.Explain',
    { draft: alert('sg.police', 'Phosphide in toys', 'CSQU3054383') },
    ({ outcome, recipients: [one] }) => {
      assert.equal(outcome, 'EXPLAINED_OUTCOME_REFUSED');
      assert.ok(one.refusal.code && one.refusal.reason, JSON.stringify(one));
      return `${one.refusal.code}: ${one.refusal.reason}`;
    },
  );
};

const refusesWhatIsMalformed = async (publisher) => {
  const without = alert('de.customs', 'No purpose', 'CSQU3054383');
  delete without.label.purpose;
  const error = await publisher.refused('Publisher.Publish', { draft: without }, 'INVALID_FIELD', 'label.purpose');
  assert.equal(error.status, 'INVALID_ARGUMENT');
  assert.equal(error.metadata.who_must_act, 'CLIENT');
  assert.equal(error.metadata.retry, 'false');
  assert.ok(error.description, 'it says what would be valid');
  const digit = alert('de.customs', 'Wrong check digit', 'CSQU3054384');
  await publisher.refused('Publisher.Publish', { draft: digit }, 'INVALID_FIELD', 'body.alert.subjects[0].container');
  await publisher.refused('Search.Search', { onBehalfOf: WHY }, 'SCOPE_MISSING');
};

const followsAMessage = async (publisher, desk) => {
  const id = await publisher.publish(alert('de.customs', 'Phosphide in toys', 'CSQU3054383'));
  const [delivery] = await desk.receive('node-desk', (got) => got.length === 1);
  assert.equal(hex(delivery.label.messageId), hex(id));
  assert.equal(delivery.label.origin, 'fr.customs');
  assert.equal(delivery.label.addressees, null, 'nobody learns of others unasked');
  assert.equal(delivery.body.alert.texts[0].headline, 'Phosphide in toys');
  const enough = (got) => got.some(({ item }) => item?.kind === 'EVIDENCE_KIND_RETRIEVAL');
  await publisher.stream('Evidence.Follow', { messageId: id }, enough, (got) => {
    assert.ok(enough(got), JSON.stringify(got));
    return got.map(({ item }) => item?.kind).join();
  });
  await publisher.call('Evidence.Track', { messageId: id }, ({ recipients: [one] }) => {
    assert.equal(one.progress, 'PROGRESS_RETRIEVED');
    return `${one.agency} ${one.progress}`;
  });
  const { messageId } = { messageId: Buffer.alloc(16, 7) };
  await publisher.refused('Evidence.Track', { messageId }, 'NOT_FOUND', 'message_id');
  await publisher.stream('Evidence.WatchUnopened', {}, () => false, (got) => {
    assert.deepEqual(got, [], 'all that was sent was opened in time');
    return 'none is unopened';
  });
};

const disclosesAddressees = async (publisher, desk) => {
  const open = { ...alert('de.customs', 'Known to all who have it', 'CSQU3054383'), discloseAddressees: true };
  const id = await publisher.publish(open);
  const [delivery] = await desk.receive('node-desk', (got) => got.length === 1);
  assert.equal(hex(delivery.label.messageId), hex(id));
  assert.deepEqual(delivery.label.addressees, { action: ['de.customs'], information: [] });
};

const publishesManyAtOnce = async (publisher) => {
  const good = alert('de.customs', 'One of several', 'CSQU3054383');
  const bad = { ...alert('de.customs', 'Another', 'CSQU3054383'), label: {} };
  const call = publisher.stub('Publisher').publishStream();
  const outcomes = await new Promise((done, failed) => {
    const got = [];
    call.on('data', (answer) => got.push(...answer.outcomes));
    call.on('end', () => done(new Map(got.map((one) => [one.idempotencyKey, one]))));
    call.on('error', failed);
    call.write({ drafts: [bad, good] });
    call.end();
  });
  const invalid = outcomes.get(bad.idempotencyKey).invalid;
  assert.equal(outcomes.get(good.idempotencyKey).result, 'accepted');
  assert.equal(invalid.code, 'INVALID_FIELD');
  assert.equal(invalid.field, 'label.kind');
  publisher.answered('Publisher.PublishStream', `accepted; ${invalid.field} ${invalid.message}`);
};

const waitsForASecondPerson = async (publisher, supervisor) => {
  const delivery = draft(
    'sg.police',
    {
      kind: 'KIND_INTELLIGENCE',
      category: 'CATEGORY_NARCOTICS',
      purpose: 'PURPOSE_CRIMINAL_INVESTIGATION',
      classification: 'CLASSIFICATION_RESTRICTED',
      requestedAction: 'REQUESTED_ACTION_CONTROLLED_DELIVERY',
      lane: 'LANE_IMMEDIATE',
    },
    { intelligence: { language: 'en', headline: 'Let it run to the consignee', text: 'Observe only.' } },
    { onBehalfOf: WHY },
  );
  const { outcome } = await publisher.call('Publisher.Publish', { draft: delivery }, ({ outcome: one }) => {
    assert.equal(one.result, 'held', JSON.stringify(one));
    return one.held.reason;
  });
  const { messageId } = outcome;
  await supervisor.call('Release.ListHeld', {}, ({ messages: [one] }) => {
    assert.equal(hex(one.messageId), hex(messageId));
    return one.held.reason;
  });
  const second = { officer: 'FR-7', justification: 'read and agreed' };
  const silent = { messageId, onBehalfOf: { officer: 'FR-7' } };
  await supervisor.refused('Release.ReadHeld', silent, 'INVALID_FIELD', 'on_behalf_of.justification');
  await supervisor.call('Release.ReadHeld', { messageId, onBehalfOf: second }, ({ draft: shown }) => {
    assert.equal(shown.body.intelligence.headline, 'Let it run to the consignee');
    return shown.body.intelligence.headline;
  });
  const own = { messageId, verdict: 'VERDICT_RELEASE', onBehalfOf: WHY };
  await supervisor.refused('Release.Decide', own, 'SECOND_PERSON_REQUIRED', 'on_behalf_of.officer');
  await supervisor.call('Release.Decide', { ...own, onBehalfOf: second }, ({ outcome: released }) => {
    assert.equal(released.result, 'accepted', JSON.stringify(released));
    return `goes to ${released.accepted.permits[0].agency}`;
  });
};
