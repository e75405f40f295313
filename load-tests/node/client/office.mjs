// What auditors and operators ask of a gateway.
import assert from 'node:assert/strict';
import { hex, inSeconds, read } from './api.mjs';
import { WHY, alert } from './drafts.mjs';

export const office = async (as) => {
  const id = await as('fr.customs/declarations').publish(alert('de.customs', 'For the record', 'CSQU3054383'));
  const desk = as('de.customs/desk');
  await desk.receive('node-office', (got) => got.some((one) => hex(one.label.messageId) === hex(id)));
  await audits(as('fr.customs/auditor'), id);
  await showsDeliveries(as('de.customs/auditor'));
  const operator = as('fr.customs/operator');
  await keys(operator);
  await browser(operator);
  await links(operator);
  await sets(operator);
  await policy(operator);
  await shares(as('fr.customs/declarations'), desk);
  await forgets(as('de.customs/operator'));
};

const record = (bytes) => read('entente.store.v1.AuditRecord', bytes);

const audits = async (auditor, messageId) => {
  await auditor.await('Audit.ReadTile', { path: 'checkpoint' }, ({ content }) => {
    return content.length > 0 && Buffer.from(content).toString('utf8').split('\n')[0];
  });
  await auditor.refused('Audit.ReadTile', { path: '../keystore' }, 'NOT_FOUND', 'path');
  await auditor.call('Audit.ReadRecord', { index: 0 }, (leaf) => {
    assert.equal(leaf.seed.length, 32);
    assert.equal(record(leaf.record).type, 'AUDIT_TYPE_NODE_START');
    return record(leaf.record).type;
  });
  await auditor.refused('Audit.Export', { messageId }, 'INVALID_FIELD', 'on_behalf_of.officer');
  await auditor.call('Audit.Export', { messageId, onBehalfOf: WHY }, ({ leaves: [one] }) => {
    assert.equal(record(one.record).type, 'AUDIT_TYPE_ACCEPTED');
    assert.equal(one.messages[0].state, 'CONTENT_STATE_SENT');
    return `${record(one.record).type} under ${record(one.record).agreement}`;
  });
  await auditor.await('Audit.Prove', { messageId, onBehalfOf: WHY }, ({ proof }) => `${proof.length} bytes`);
};

const showsDeliveries = async (auditor) => {
  await auditor.await('Audit.Export', { onBehalfOf: WHY }, ({ leaves }) => {
    const found = leaves
      .map((one) => record(one.record))
      .find((one) => one.type === 'AUDIT_TYPE_DELIVERED_RANGE' && one.detail.endsWith('cursor node-office'));
    return found && `${found.actor.client}: ${found.detail}, ${found.subject.range.first} on`;
  });
};

const keys = async (operator) => {
  await operator.call('Keys.ShowKeys', {}, ({ pairs, agencies: [own] }) => {
    assert.ok(pairs.some((pair) => pair.use === 'PAIR_USE_AGENCY' && pair.inForce));
    return `${pairs.length} pairs; ${own.agency} fulfils ${own.fulfils.length} obligations`;
  });
  const next = { from: inSeconds(86_400), until: inSeconds(9 * 86_400), oldUntil: inSeconds(2 * 86_400) };
  await operator.refused('Keys.RenewKeys', next, 'INVALID_FIELD', 'on_behalf_of.officer');
  await operator.call('Keys.RenewKeys', { ...next, onBehalfOf: WHY }, ({ request, fingerprint }) => {
    assert.ok(request.length > 0);
    return fingerprint;
  });
};

const browser = async (operator) => {
  await operator.call('Console.OpenConsole', {}, ({ address }) => {
    const { hash } = new URL(address);
    assert.match(hash, /^#[0-9a-f]{64}$/);
    return address.slice(0, -hash.length);
  });
};

const links = async (operator) => {
  const isUp = ({ links: all }) => all.find((one) => one.peer === 'de.customs')?.up && 'de.customs is up';
  await operator.await('Links.ListLinks', {}, isUp);
  const link = { peer: 'de.customs', onBehalfOf: WHY };
  await operator.refused('Links.PauseLink', { ...link, peer: 'xx.nobody' }, 'NOT_FOUND', 'peer');
  await operator.call('Links.PauseLink', link, ({ before }) => before === false && 'paused');
  await operator.call('Links.UnpauseLink', link, ({ before }) => before === false && 'goes on');
  await operator.call('Links.ResumeLane', { ...link, lane: 'LANE_FLASH' }, ({ before }) => {
    return before === true && 'no alarm had stopped it';
  });
};

const sets = async (operator) => {
  await operator.call('Quarantine.ListQuarantine', {}, ({ messages }) => {
    assert.deepEqual(messages, []);
    return 'nothing is set aside';
  });
  const one = { number: 1, onBehalfOf: WHY };
  await operator.refused('Quarantine.ShowQuarantined', { number: 1 }, 'NOT_FOUND', 'number');
  await operator.refused('Quarantine.RetryQuarantined', one, 'NOT_FOUND', 'number');
  await operator.refused('Quarantine.DiscardQuarantined', one, 'NOT_FOUND', 'number');
  await operator.call('Backups.CreateBackup', { onBehalfOf: WHY }, ({ backup }) => `copy ${backup.number}`);
  await operator.call('Backups.ListBackups', {}, ({ backups: [copy] }) => `${copy.bytes} bytes`);
  await operator.refused('Cluster.TransferLead', { node: 'fr-2', onBehalfOf: WHY }, 'NOT_CONFIGURED');
  const machine = { leaves: 'fr-3', joins: 'fr-4', address: '127.0.0.1:9450', onBehalfOf: WHY };
  await operator.refused('Cluster.ChangeMachines', machine, 'NOT_CONFIGURED');
  const gone = { node: 'fr-3', onBehalfOf: WHY };
  await operator.refused('Cluster.AttestDestroyed', gone, 'NOT_FOUND');
};

const EXPECTATIONS = `expectations:
  - name: counterfeits among customs
    from: fr.customs
    to: [de.customs]
    label: { kind: ALERT, category: IPR, purpose: CUSTOMS_CONTROL, classification: RESTRICTED }
    expect: { outcome: PERMITTED }
  - name: nothing is secret here
    from: fr.customs
    to: [de.customs]
    label: { kind: ALERT, category: IPR, purpose: CUSTOMS_CONTROL, classification: SECRET }
    expect: { outcome: PERMITTED }
`;

const policy = async (operator) => {
  await operator.call('PolicyTools.TestPolicy', { expectations: EXPECTATIONS, coverage: true }, (answer) => {
    const [first] = answer.results;
    const last = answer.results.at(-1);
    assert.equal(first.met, true, first.found);
    assert.equal(last.met, false);
    assert.ok(answer.clauses.some(({ failed }) => failed > 0));
    return `${last.name}: ${last.found}`;
  });
  const wrong = { expectations: EXPECTATIONS.replace('IPR', 'FLOOD') };
  const error = await operator.refused('PolicyTools.TestPolicy', wrong, 'INVALID_FIELD', 'expectations');
  assert.match(error.description, /^5:\d+: expectations\[0\]\.label\.category/);
  await operator.call('PolicyTools.ListCodes', { list: 'category' }, ({ codes }) => {
    const waste = codes.find(({ code }) => code === 'WASTE');
    assert.deepEqual(Object.keys(waste.text).sort(), ['de', 'en', 'es', 'fr']);
    return `${waste.code}: ${waste.text.fr}`;
  });
  await operator.refused('PolicyTools.ListCodes', { list: 'colours' }, 'INVALID_FIELD', 'list');
  await operator.call('PolicyTools.LintPolicy', {}, ({ policyVersion, inForce, errors, warnings }) => {
    assert.equal(inForce, true);
    assert.deepEqual(errors, []);
    return `${policyVersion}: ${warnings.length} warnings`;
  });
};

/** A shared subscription, of which the only delivery is given back, so that it becomes a dead letter. */
const shares = async (publisher, desk) => {
  const name = 'node-shared';
  const settings = { kind: 'SUBSCRIPTION_KIND_SHARED', maxDeliveries: 1, condition: 'label.kind == Kind.KIND_ALERT' };
  const wrong = { name, settings: { ...settings, condition: 'label.kin == 1' }, fromNow: true };
  const error = await desk.refused('Subscriptions.CreateSubscription', wrong, 'INVALID_FIELD', 'settings.condition');
  assert.match(error.description, /kind/, 'it names the nearest');
  await desk.call('Subscriptions.CreateSubscription', { name, settings, fromNow: true }, ({ created }) => {
    assert.equal(created, true);
    return 'created';
  });
  const id = await publisher.publish(alert('de.customs', 'For one of many', 'CSQU3054383'));
  const [{ position }] = await desk.receive(name, (got) => got.length === 1, 'giveBack');
  const { deadLetters } = await desk.await('Subscriptions.ListDeadLetters', { name }, (dead) => {
    return dead.deadLetters.length === 1 && `message ${hex(dead.deadLetters[0].messageId)}`;
  });
  assert.equal(hex(deadLetters[0].messageId), hex(id));
  await desk.call('Subscriptions.SettleDeadLetters', { name, positions: [position], discard: true }, ({ settled }) => {
    assert.equal(settled, 1);
    return 'discarded';
  });
};

const forgets = async (operator) => {
  await operator.call('Subscriptions.ListSubscriptions', {}, ({ subscriptions }) => {
    assert.ok(subscriptions.some((one) => one.client === 'desk' && one.name === 'node-office'));
    return `${subscriptions.length} subscriptions`;
  });
  const subscription = { client: 'desk', name: 'node-office', onBehalfOf: WHY };
  await operator.call('Subscriptions.DeleteSubscription', subscription, ({ nextPosition }) => `stood at ${nextPosition}`);
  await operator.refused('Subscriptions.DeleteSubscription', subscription, 'NOT_FOUND', 'name');
};
