package org.entente.loadtests.scenario.step;

import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.OutcomeEntry;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublisherGrpc;

/** Publishes a draft made from a file of the scenario. */
final class FilePublisher {
  private FilePublisher() {}

  /** Publishes the draft under the name that later steps use, and compares its outcome. */
  static void publish(
      ScenarioFederation stage,
      ClientRef by,
      String as,
      Draft whole,
      OutcomeEntry expect,
      StepFindings findings) {
    stage.content(whole);
    PublisherGrpc.PublisherBlockingStub publisher =
        PublisherGrpc.newBlockingStub(stage.channel(by));
    long begun = System.nanoTime();
    PublishRequest request = PublishRequest.newBuilder().setDraft(whole).build();
    CallResult<PublishResponse> answer =
        CallResult.again(() -> stage.patient(publisher).publish(request));
    if (answer instanceof CallResult.Given<PublishResponse> given) {
      Outcome outcome = given.value().getOutcome();
      stage.published(as, by.agency(), whole, outcome, begun);
      expect.compare(new CallResult.Given<>(outcome), findings);
    } else if (answer instanceof CallResult.Failed<PublishResponse> failed) {
      expect.compare(new CallResult.Failed<>(failed.code(), failed.reason()), findings);
    }
  }
}
