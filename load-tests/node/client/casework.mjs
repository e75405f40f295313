// What a desk does with what it was sent: watches, search, what is related, risk, who acts, what changes what.
import assert from 'node:assert/strict';
import { hex } from './api.mjs';
import { WHY, alert } from './drafts.mjs';

const CONTAINER = 'MSKU1234565';

export const casework = async (as) => {
  const desk = as('fr.customs/desk');
  const sender = as('de.customs/declarations');
  const { watch } = (await watches(desk)).watch;
  const first = await sender.publish(alert('fr.customs', 'Brake pads without mark', CONTAINER));
  const second = await sender.publish(alert('fr.customs', 'The same container again', CONTAINER));
  await desk.receive('node-casework', (got) => has(got, first) && has(got, second));
  await hits(desk, watch, first);
  await finds(desk, first, second);
  await warns(sender, desk);
  await scores(as('fr.customs/risk-engine'), desk, first);
  await takesCharge(desk, as('de.customs/desk'), first);
  await changes(sender, as('de.customs/desk'), first);
};

const has = (got, id) => got.some((one) => hex(one.label.messageId) === hex(id));

const watches = async (desk) => {
  const wrong = { terms: { subjects: ['container:CSQU3054384'], title: 'Pads' }, onBehalfOf: WHY };
  await desk.refused('Watch.AddWatch', { terms: wrong.terms }, 'INVALID_FIELD', 'on_behalf_of.officer');
  const terms = { subjects: [`container:${CONTAINER}`], title: 'Pads' };
  const added = await desk.call('Watch.AddWatch', { terms, onBehalfOf: WHY }, ({ watch }) => {
    assert.equal(watch.terms.title, 'Pads');
    return `${watch.watch} for ${watch.terms.subjects}`;
  });
  await desk.call('Watch.ListWatches', {}, ({ watches: [one] }) => {
    assert.equal(one.watch, added.watch.watch);
    return `${one.watch} of ${one.onBehalfOf.officer}`;
  });
  return added;
};

const hits = async (desk, watch, first) => {
  await desk.await('Watch.ListHits', { onBehalfOf: WHY }, ({ hits: all }) => {
    const hit = all.find(({ message }) => hex(message.messageId) === hex(first));
    return hit && `hit ${hit.hit} of watch ${hit.watch}: ${hit.subjects}`;
  });
  await desk.call('Watch.RemoveWatch', { watch, onBehalfOf: WHY }, (ended) => {
    assert.equal(ended.watch, watch);
    return `ended ${ended.watch}`;
  });
  await desk.refused('Watch.RemoveWatch', { watch, onBehalfOf: WHY }, 'NOT_FOUND', 'watch');
};

const finds = async (desk, first, second) => {
  const search = { subject: `container:${CONTAINER}`, headline: 'brake', onBehalfOf: WHY };
  await desk.await('Search.Search', search, ({ messages: [one] }) => {
    return one && hex(one.messageId) === hex(first) && `${one.label.origin} ${one.label.category}`;
  });
  await desk.refused('Search.Search', { subject: 'container', onBehalfOf: WHY }, 'INVALID_FIELD', 'subject');
  await desk.call('Search.Open', { messageId: first, onBehalfOf: WHY }, ({ body }) => {
    assert.equal(body.alert.texts[0].headline, 'Brake pads without mark');
    return body.alert.texts[0].headline;
  });
  await desk.await('Search.Related', { messageId: first, onBehalfOf: WHY }, ({ related: [one] }) => {
    return one && hex(one.message.messageId) === hex(second) && `by ${one.identifiers}`;
  });
};

const CAP = `<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>NODE-1</identifier><sender>desk@node.example</sender><sent>2026-04-12T15:20:00+02:00</sent>
  <status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
  <info>
    <language>en</language><category>Fire</category><event>Fire at the quay</event>
    <urgency>Immediate</urgency><severity>Severe</severity><certainty>Observed</certainty>
    <area><areaDesc>Quay 7</areaDesc></area>
  </info>
</alert>`;

const warns = async (publisher, desk) => {
  const label = {
    category: 'CATEGORY_PUBLIC_WARNING',
    purpose: 'PURPOSE_PUBLIC_SAFETY',
    classification: 'CLASSIFICATION_UNCLASSIFIED',
    markings: ['TLP:CLEAR'],
    legalBasis: 'Public warning',
  };
  const request = { xml: Buffer.from(CAP), label, to: { agencies: ['fr.customs'] } };
  const { draft } = await publisher.call('Cap.ReadCap', request, ({ draft: one, unmapped }) => {
    assert.deepEqual(unmapped, []);
    return `${one.label.severity} ${one.body.alert.texts[0].headline}`;
  });
  const bad = { ...request, xml: Buffer.from(CAP.replace('Actual', 'actual')) };
  const error = await publisher.refused('Cap.ReadCap', bad, 'INVALID_FIELD', 'xml');
  assert.match(error.description, /^line 4: alert\/status: must be one of Actual/);
  const messageId = await publisher.publish(draft);
  await desk.receive('node-cap', (got) => has(got, messageId));
  await desk.refused('Cap.WriteCap', { messageId }, 'INVALID_FIELD', 'on_behalf_of.officer');
  await desk.call('Cap.WriteCap', { messageId, onBehalfOf: WHY }, ({ xml, reason }) => {
    assert.equal(reason, '');
    assert.match(xml.toString('utf8'), /<identifier>NODE-1<\/identifier>/);
    return `${xml.length} bytes of CAP`;
  });
};

const scores = async (engine, desk, messageId) => {
  const score = {
    messageId,
    perMille: 820,
    model: 'pads',
    modelVersion: '1.0',
    automated: true,
    indicators: [{ code: 'X_ROUTE', weight: 300, text: 'unusual route' }],
  };
  const none = { ...score };
  delete none.perMille;
  await engine.refused('Risk.ScoreMessage', none, 'INVALID_FIELD', 'per_mille');
  await engine.call('Risk.ScoreMessage', score, ({ score: kept }) => {
    assert.equal(kept.band, 'HIGH');
    return `${kept.perMille} ${kept.band}`;
  });
  await desk.call('Risk.ShowScores', { messageId, onBehalfOf: WHY }, ({ scores: [one] }) => {
    assert.equal(one.client, 'risk-engine');
    assert.equal(one.indicators[0].weight, 300);
    return `${one.perMille} by ${one.client} with ${one.model}`;
  });
  const terms = { minimumPerMille: 800 };
  await desk.call('Risk.ListScores', { terms, onBehalfOf: WHY }, ({ scores: [one] }) => {
    assert.equal(hex(one.message.messageId), hex(messageId));
    return `${one.score.perMille} of ${one.message.label.origin}`;
  });
  const following = { terms, after: 0, onBehalfOf: WHY };
  // The first response says where the stream stands and has no scores.
  await desk.stream('Risk.FollowScores', following, (got) => got.length === 2, ([begun, { scores: [one] }]) => {
    assert.equal(begun.scores.length, 0);
    assert.equal(hex(one.message.messageId), hex(messageId));
    return `number ${one.score.number}`;
  });
};

const takesCharge = async (desk, originator, messageId) => {
  const taken = { messageId, step: 'CHARGE_STEP_TAKEN', note: 'we open it at Le Havre', onBehalfOf: WHY };
  const { onBehalfOf, ...nobody } = taken;
  assert.ok(onBehalfOf);
  await desk.refused('Tasking.TakeCharge', nobody, 'INVALID_FIELD', 'on_behalf_of.officer');
  await desk.call('Tasking.TakeCharge', taken, (answer) => {
    assert.equal(answer.originator, 'de.customs');
    return `told to ${answer.originator}`;
  });
  await originator.await('Tasking.ListCharges', { messageId }, ({ charges: [one] }) => {
    return one && `${one.agency} ${one.charge.step}: ${one.charge.note}`;
  });
};

const changes = async (sender, desk, first) => {
  const label = { messageType: 'MESSAGE_TYPE_UPDATE', references: first };
  await sender.publish(alert('fr.customs', 'Brake pads, now two containers', CONTAINER, label));
  await desk.call('Tasking.ShowChain', { messageId: first }, ({ origin, entries }) => {
    assert.deepEqual(entries.map((one) => one.type), ['MESSAGE_TYPE_UNSPECIFIED', 'MESSAGE_TYPE_UPDATE']);
    return `${origin}: ${entries.length} messages`;
  });
};
