// Questions to other agencies, who may be asked what, and what became of it.
import assert from 'node:assert/strict';
import { hex, inSeconds } from './api.mjs';
import { WHY, draft } from './drafts.mjs';

const LABEL = {
  category: 'CATEGORY_IPR',
  purpose: 'PURPOSE_CUSTOMS_CONTROL',
  classification: 'CLASSIFICATION_RESTRICTED',
};
const RESPONDER = {
  name: 'seizures',
  categories: ['CATEGORY_IPR'],
  answersWithinMinutes: 60,
  matching: 'MATCHING_EXACT',
  subjectsPerRequest: 2,
  status: 'RESPONDER_STATUS_AVAILABLE',
};

export const requests = async (as) => {
  const asking = as('fr.customs/declarations');
  const asked = as('de.customs/declarations');
  await registers(asked);
  await asking.await('Requests.Discover', { categories: ['CATEGORY_IPR'] }, ({ responders: [one] }) => {
    return one && `${one.agency} ${one.responder.name}: ${one.responder.subjectsPerRequest} subjects`;
  });
  const id = await asks(asking);
  await reminds(asking, asked, id);
  await answers(asking, asked, as('fr.customs/desk'), id);
  await asked.call('Requests.WithdrawResponder', { name: 'seizures', onBehalfOf: WHY }, () => 'withdrawn');
  await asked.refused('Requests.WithdrawResponder', { name: 'seizures', onBehalfOf: WHY }, 'NOT_FOUND', 'name');
};

const registers = async (asked) => {
  const wrong = { responder: { ...RESPONDER, subjectsPerRequest: 300 }, onBehalfOf: WHY };
  await asked.refused('Requests.RegisterResponder', wrong, 'INVALID_FIELD', 'responder.subjects_per_request');
  await asked.call('Requests.RegisterResponder', { responder: RESPONDER, onBehalfOf: WHY }, () => 'registered');
  await asked.call('Requests.ListResponders', {}, ({ responders: [one] }) => {
    assert.equal(one.responder.name, 'seizures');
    return `${one.responder.name} of ${one.client}`;
  });
};

const question = (containers) =>
  draft(
    'de.customs',
    { kind: 'KIND_REQUEST', ...LABEL },
    {
      request: {
        question: 'Is this container known to you?',
        language: 'en',
        subjects: containers.map((container) => ({ container })),
        answerBy: inSeconds(48 * 3600),
        wanted: 'WANTED_HIT_NO_HIT',
        responder: 'seizures',
      },
    },
    { onBehalfOf: WHY },
  );

const asks = async (asking) => {
  const tooMany = question(['CSQU3054383', 'MSCU6639870', 'TGHU7599330']);
  const error = await asking.refused('Publisher.Publish', { draft: tooMany }, 'INVALID_FIELD', 'body.request.subjects');
  assert.match(error.description, /seizures of de.customs accepts 2/);
  await asking.refused('Publisher.Explain', { draft: tooMany }, 'INVALID_FIELD', 'body.request.subjects');
  return asking.publish(question(['CSQU3054383', 'MSCU6639870']));
};

const reminds = async (asking, asked, id) => {
  const owed = (one) => hex(one.requestId) === hex(id);
  await asked.await('Requests.ListRequests', { side: 'REQUEST_SIDE_OWED' }, (answer) => {
    const one = answer.requests.find(owed);
    return one && `owed to ${one.agency}: ${one.status}`;
  });
  const reminder = { requestId: id, text: 'The ship sails on Friday.', language: 'en', onBehalfOf: WHY };
  await asking.call('Requests.Remind', reminder, ({ outcomes: [one] }) => {
    assert.equal(one.result, 'accepted', JSON.stringify(one));
    return one.result;
  });
  await asking.refused('Requests.Remind', reminder, 'DEADLINE_RUNS', 'label.in_reply_to');
  const enough = (got) => got.some(({ request }) => owed(request) && request.reminders === 1);
  await asked.stream('Requests.FollowReminders', { follow: true }, enough, (got) => {
    assert.ok(enough(got), JSON.stringify(got));
    return `${got.length} reminders`;
  });
};

const answers = async (asking, asked, desk, id) => {
  const answer = draft(
    'fr.customs',
    { kind: 'KIND_ANSWER', inReplyTo: id, ...LABEL },
    { answer: { result: 'ANSWER_RESULT_HIT', hits: 2 } },
  );
  const answerId = await asked.publish(answer);
  await asking.await('Requests.ListRequests', { side: 'REQUEST_SIDE_ASKED' }, ({ requests: all }) => {
    const one = all.find(({ requestId }) => hex(requestId) === hex(id));
    return one.status === 'REQUEST_STATUS_ANSWERED' && `answered by ${hex(one.answerId)}`;
  });
  const again = { ...answer, idempotencyKey: `${answer.idempotencyKey}-again` };
  await asked.refused('Publisher.Publish', { draft: again }, 'ALREADY_ANSWERED', 'label.in_reply_to');
  const isIt = (one) => hex(one.label.messageId) === hex(answerId);
  const got = await desk.receive('node-answers', (all) => all.some(isIt));
  assert.equal(got.find(isIt).body.answer.hits, 2);
};
