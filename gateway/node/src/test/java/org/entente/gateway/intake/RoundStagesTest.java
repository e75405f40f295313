package org.entente.gateway.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.trace.MessageTracer;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.Test;

/** Of which messages of a round a tracer hears. */
class RoundStagesTest {
  private static final AgencyName SELF = new AgencyName("fr.customs");
  private static final int ROUNDS = 10_000;

  private final List<String> heard = new ArrayList<>();

  private final MessageTracer tracer =
      new MessageTracer() {
        @Override
        public void sealed(MessageId message, String traceparent, long began, long bytes) {
          heard.add("sealed");
        }

        @Override
        public void committed(MessageId message, String traceparent, long began) {
          heard.add("committed");
        }
      };

  private static Submission submission() {
    MessageId id = MessageId.fresh(PolicyFixture.NOW.toEpochMilli(), new SecureRandom());
    return Submission.of(
        OutcomeKey.of("client", "key", new byte[32]),
        AuditActor.gateway(SELF),
        List.of(
            PermittedFixture.alert(
                id,
                SELF,
                Lane.ROUTINE,
                Body.getDefaultInstance(),
                PolicyFixture.NOW,
                "de.customs")),
        List.of(),
        OnwardContent.NOTHING,
        Duration.ZERO,
        new CompletableFuture<>());
  }

  @Test
  void messages_thatAreNotTraced_areNotTold() {
    List<Submission> round = List.of(submission(), submission());
    RoundStages.sealed(tracer, round, List.of(), 0);
    RoundStages.committed(tracer, round, 0);
    assertEquals(List.of(), heard);
  }

  /** What the path calls for each message, round, hop and receipt of a gateway without tracing. */
  @Test
  void tracingThatIsOff_makesNoObjects() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<Submission> round = List.of(submission(), submission());
    NodeName client = new NodeName("desk");
    Label label = Label.getDefaultInstance();
    Object attempt = new Object();
    run(round, client, label, attempt);
    long before = threads.getCurrentThreadAllocatedBytes();
    run(round, client, label, attempt);
    long made = threads.getCurrentThreadAllocatedBytes() - before;
    // An object for each round would be 160,000 bytes.
    assertTrue(made < ROUNDS, made + " bytes");
  }

  private static void run(List<Submission> round, NodeName client, Label label, Object attempt) {
    MessageTracer off = MessageTracer.OFF;
    for (int i = 0; i < ROUNDS; i++) {
      off.begun(attempt, client, label, "");
      off.decided(attempt);
      RoundStages.sealed(off, round, List.of(), i);
      RoundStages.committed(off, round, i);
      off.ended(attempt, null);
      off.sent(SELF, ByteString.EMPTY);
      off.acknowledged(SELF, Receipt.getDefaultInstance());
    }
  }
}
