package org.entente.gateway.intake;

import com.google.protobuf.UnsafeByteOperations;
import java.util.List;
import org.entente.gateway.trace.MessageTracer;
import org.entente.gateway.transmit.OutboundSealer;

/** Tells the stages of a round's traced messages. Without one it makes no objects. */
final class RoundStages {
  private RoundStages() {}

  /** The round is sealed. Before its commit, as the first envelope may leave right after it. */
  static void sealed(
      MessageTracer tracer,
      List<Submission> round,
      List<OutboundSealer.ReadyEnvelope> sealed,
      long began) {
    boolean traced = false;
    for (int i = 0; i < round.size(); i++) {
      Submission submission = round.get(i);
      String traceparent = traceparent(submission);
      if (!traceparent.isEmpty()) {
        tracer.sealed(submission.id(), traceparent, began, submission.bytes());
        traced = true;
      }
    }
    if (traced) {
      for (OutboundSealer.ReadyEnvelope ready : sealed) {
        tracer.enclosed(
            UnsafeByteOperations.unsafeWrap(ready.outgoing().headerHash()), ready.messages());
      }
    }
  }

  /** The round is durable. */
  static void committed(MessageTracer tracer, List<Submission> round, long began) {
    for (int i = 0; i < round.size(); i++) {
      Submission submission = round.get(i);
      String traceparent = traceparent(submission);
      if (!traceparent.isEmpty()) {
        tracer.committed(submission.id(), traceparent, began);
      }
    }
  }

  private static String traceparent(Submission submission) {
    return submission.parts().get(0).label().getTraceparent();
  }
}
