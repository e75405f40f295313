package org.entente.loadtests.scenario.step;

import org.entente.loadtests.scenario.action.Answer;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.Findings;
import org.entente.loadtests.scenario.action.OutcomeEntry;
import org.entente.loadtests.scenario.action.Stage;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublisherGrpc;

/** Publishes what was made of a file that belongs to a scenario. */
final class Publishing {
  private Publishing() {}

  /** Publishes it under the name that later steps use, and compares what becomes of it. */
  static void publish(
      Stage stage, ClientRef by, String as, Draft whole, OutcomeEntry expect, Findings findings) {
    stage.content(whole);
    PublisherGrpc.PublisherBlockingStub publisher =
        PublisherGrpc.newBlockingStub(stage.channel(by));
    long begun = System.nanoTime();
    PublishRequest request = PublishRequest.newBuilder().setDraft(whole).build();
    Answer<PublishResponse> answer = Answer.again(() -> stage.patient(publisher).publish(request));
    if (answer instanceof Answer.Given<PublishResponse> given) {
      Outcome outcome = given.value().getOutcome();
      stage.published(as, by.agency(), whole, outcome, begun);
      expect.compare(new Answer.Given<>(outcome), findings);
    } else if (answer instanceof Answer.Failed<PublishResponse> failed) {
      expect.compare(new Answer.Failed<>(failed.code(), failed.reason()), findings);
    }
  }
}
