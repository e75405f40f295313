package org.entente.loadtests.inside;

import com.google.protobuf.ByteString;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyDecision;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;

/**
 * Measurement of the sender's policy for a draft to one recipient, in this process, with a
 * gateway's classes and {@link LargeRulebook}. Used by one thread.
 */
public final class DecisionProbe {
  private static final String CUSTOMS = "fr.customs";
  private static final int BATCH = 64;
  private static final double MICRO = TimeUnit.MICROSECONDS.toNanos(1);

  private final Policy cached;
  private final Policy uncached;
  private final CheckedDraft draft;
  private final AgencyName self;
  private final Instant now;

  /**
   * Writes and loads the agreements.
   *
   * @param config folder of the samples
   * @param folder new folder for the agreements
   * @param agreements number of agreements
   */
  public DecisionProbe(Path config, Path folder, int agreements) {
    now = InstantSource.system().instant();
    LargeRulebook written = LargeRulebook.written(config, folder, agreements, now);
    cached = new Policy(written.rulebook(), written.members(), Policy.DEFAULT_CACHE_ENTRIES);
    uncached = new Policy(written.rulebook(), written.members(), 0);
    self = new AgencyName(CUSTOMS);
    draft = draft();
  }

  private CheckedDraft draft() {
    Draft published =
        Draft.newBuilder()
            .setIdempotencyKey("decided")
            .setLabel(
                Label.newBuilder()
                    .setKind(Kind.KIND_ALERT)
                    .setCategory(Category.CATEGORY_EXCISE)
                    .setPurpose(Purpose.PURPOSE_CUSTOMS_CONTROL)
                    .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED))
            .setBody(
                Body.newBuilder()
                    .setDocument(
                        Document.newBuilder()
                            .setMediaType("application/octet-stream")
                            .setContent(ByteString.copyFrom(new byte[1 << 10]))))
            .setTo(Addressing.newBuilder().addAgencies("de.customs"))
            .build();
    if (new LabelCheck(MessageLimits.defaults()).draft(published, now)
        instanceof CheckedDraft checked) {
      return checked;
    }
    throw new CommandFailure("the draft to decide about is not valid");
  }

  /**
   * Microseconds of processor time per decision, repeated for a time.
   *
   * @param remembered whether rulings are cached, as in a gateway
   * @throws CommandFailure if the policy does not permit the draft
   */
  public double micros(boolean remembered, Duration time) {
    Policy policy = remembered ? cached : uncached;
    long decisions = 0;
    long permits = 0;
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      for (int i = 0; i < BATCH; i++) {
        PolicyDecision decision = policy.egress().decide(draft, self, now);
        permits += decision.permits().size();
      }
      decisions += BATCH;
    }
    double micros = (threads.getCurrentThreadCpuTime() - start) / MICRO / decisions;
    if (permits != decisions) {
      throw new CommandFailure("the policy does not permit the draft to one recipient");
    }
    return micros;
  }
}
