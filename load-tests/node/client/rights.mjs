// The procedure for intellectual property rights, as officers and as a rights holder.
import assert from 'node:assert/strict';
import { hex, inSeconds } from './api.mjs';
import { WHY } from './drafts.mjs';

export const rights = async (as) => {
  const officer = as('fr.customs/ipr-desk');
  const holder = as('fr.customs/brakes-ag');
  const recordationId = await records(officer);
  const caseId = await suspends(officer, recordationId);
  await answers(holder, recordationId, caseId);
  const conclude = { caseId, conclude: { outcome: 'IPR_OUTCOME_RELEASED' }, onBehalfOf: WHY };
  await officer.call('IprProcedure.ActOnIprCase', conclude, ({ iprCase }) => {
    assert.equal(iprCase.stage, 'IPR_STAGE_CLOSED');
    return iprCase.outcome;
  });
  await officer.refused('IprProcedure.ActOnIprCase', { caseId, onBehalfOf: WHY }, 'INVALID_FIELD', 'act');
};

const records = async (officer) => {
  const content = {
    right: 'IPR_RIGHT_TRADE_MARK',
    rightNumber: 'EUTM-1',
    holderName: 'Brakes',
    products: ['pads'],
    contact: 'legal@brakes.example',
    holderClient: 'brakes-ag',
  };
  const { holderName, ...nobodys } = content;
  assert.ok(holderName);
  const without = { content: nobodys, onBehalfOf: WHY };
  await officer.refused('IprProcedure.RecordRight', without, 'INVALID_FIELD', 'content.holder_name');
  const { recordation } = await officer.call(
    'IprProcedure.RecordRight',
    { content, onBehalfOf: WHY },
    (answer) => answer.recordation.state,
  );
  const { recordationId } = recordation;
  await officer.call(
    'IprProcedure.DecideRecordation',
    { recordationId, decision: 'RECORDATION_DECISION_GRANT', validTo: inSeconds(30 * 86_400), onBehalfOf: WHY },
    (answer) => {
      assert.equal(answer.recordation.state, 'RECORDATION_STATE_GRANTED');
      return answer.recordation.state;
    },
  );
  await officer.call('IprProcedure.ListRecordations', {}, ({ recordations: [one] }) => {
    assert.equal(one.content.contact, '', 'a list shows no contact');
    return one.content.rightNumber;
  });
  await officer.call('IprProcedure.ReadRecordation', { recordationId, onBehalfOf: WHY }, (answer) => {
    assert.equal(answer.recordation.content.contact, 'legal@brakes.example');
    return answer.recordation.content.contact;
  });
  return recordationId;
};

const suspends = async (officer, recordationId) => {
  const { iprCase } = await officer.call(
    'IprProcedure.SuspendGoods',
    {
      kind: 'IPR_CASE_KIND_STANDARD',
      recordationId,
      goods: { description: 'pads', quantity: '1200', place: 'Rouen' },
      particulars: [{ detail: 'IPR_DETAIL_CONSIGNEE', text: 'Dupont, Rouen' }],
      onBehalfOf: WHY,
    },
    (answer) => answer.iprCase.stage,
  );
  const { caseId } = iprCase;
  for (const party of ['IPR_PARTY_DECLARANT', 'IPR_PARTY_RIGHTS_HOLDER']) {
    const act = { caseId, notify: { party }, onBehalfOf: WHY };
    await officer.call('IprProcedure.ActOnIprCase', act, (answer) => `${party}: ${answer.iprCase.stage}`);
  }
  await officer.call('IprProcedure.ListIprCases', {}, ({ cases: [one] }) => {
    assert.equal(one.stage, 'IPR_STAGE_NOTIFIED');
    return one.next.what;
  });
  await officer.call('IprProcedure.ReadIprCase', { caseId, onBehalfOf: WHY }, (answer) => {
    assert.equal(answer.iprCase.particulars[0].text, 'Dupont, Rouen');
    return answer.iprCase.goods.quantity;
  });
  return caseId;
};

const answers = async (holder, recordationId, caseId) => {
  await holder.call('IprProcedure.ListOwnRecordations', {}, ({ recordations: [one] }) => {
    assert.equal(hex(one.recordationId), hex(recordationId));
    return one.content.rightNumber;
  });
  await holder.call('IprProcedure.ListIprNotices', {}, ({ notices: [one] }) => {
    assert.equal(hex(one.caseId), hex(caseId));
    return `answer by ${one.answerBy.seconds}`;
  });
  const person = { officer: 'A. Holder' };
  await holder.call('IprProcedure.ReadIprNotice', { caseId, onBehalfOf: person }, ({ notice }) => {
    assert.deepEqual(notice.disclosed, [], 'nobody is named undisclosed');
    return notice.quantity;
  });
  const genuine = { caseId, answer: 'IPR_ANSWER_GENUINE', onBehalfOf: person };
  await holder.call('IprProcedure.AnswerIprNotice', genuine, ({ notice }) => {
    return `genuine, at ${notice.holder.genuineAt.seconds}`;
  });
  await holder.refused('IprProcedure.ListIprCases', {}, 'SCOPE_MISSING');
};
