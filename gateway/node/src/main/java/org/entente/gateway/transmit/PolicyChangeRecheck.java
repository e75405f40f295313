package org.entente.gateway.transmit;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.PendingMessage;
import org.entente.gateway.policy.decide.RecheckInputs;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.OpenedLabels;
import org.entente.gateway.seal.Opener;
import org.entente.gateway.seal.format.Envelope;
import org.entente.proto.store.v1.StoredEnvelope;
import org.entente.proto.v1.Label;

/**
 * Own mail that was sealed before the policy in force, asked about again: its labels are opened
 * with the content key that waits with it, in memory, and bodies stay closed. Safe for many
 * threads.
 *
 * <p>What was sealed together goes together: if one of the messages may not go to a recipient any
 * more, none of them goes there.
 */
public final class PolicyChangeRecheck {
  private final Opener opener;

  /** The policy in force, asked about one message. */
  @FunctionalInterface
  public interface Decision {
    /** Why it may not go to a recipient any more; empty if it may. */
    Optional<Refusal> refusal(PendingMessage message, AgencyName recipient);
  }

  /** Asks about labels that an opener opens. */
  public PolicyChangeRecheck(Opener opener) {
    this.opener = opener;
  }

  /**
   * Whether an envelope was sealed under another policy than the one of this generation, or its
   * record does not say under which: no clock is asked.
   */
  public static boolean isUnderAnother(StoredEnvelope stored, long generation) {
    return !stored.hasSealedUnder() || stored.getSealedUnder().getGeneration() != generation;
  }

  /**
   * Why an envelope may not go to a recipient any more, with the rule in the reason; empty if it
   * may.
   *
   * @param key its content key, which stays the caller's
   * @param decision the policy in force
   */
  public Optional<Refusal> refusal(
      StoredEnvelope stored, ContentKey key, AgencyName recipient, Decision decision) {
    Optional<OpenedLabels> opened =
        Envelope.of(
                stored.getHeader().toByteArray(),
                stored.getSignature().toByteArray(),
                stored.getLabels().toByteArray(),
                stored.getBodies().toByteArray())
            .flatMap(envelope -> opener.openLabels(envelope, key));
    if (opened.isEmpty()) {
      return unreadable(recipient);
    }
    // Not closed: that would close the caller's key.
    OpenedLabels labels = opened.get();
    RecheckInputs grounds = grounds(stored);
    for (int i = 0; i < labels.count(); i++) {
      Label label;
      try {
        label = Label.parseFrom(labels.label(i));
      } catch (InvalidProtocolBufferException e) {
        return unreadable(recipient);
      }
      Optional<Refusal> refusal =
          decision.refusal(new PendingMessage(label, labels.bodyLength(i), grounds), recipient);
      if (refusal.isPresent()) {
        return Optional.of(told(refusal.get(), labels.count()));
      }
    }
    return Optional.empty();
  }

  private static RecheckInputs grounds(StoredEnvelope stored) {
    return new RecheckInputs(
        stored.getSealedUnder().getSecondPerson(), stored.getSealedUnder().getPerson());
  }

  /** What nobody can ask about is not sent. */
  private static Optional<Refusal> unreadable(AgencyName recipient) {
    return Optional.of(
        new Refusal(recipient.value(), Code.INTERNAL, "", "its labels cannot be opened any more"));
  }

  private static Refusal told(Refusal refusal, int together) {
    String by = refusal.rule().isEmpty() ? "" : " by " + refusal.rule();
    String others =
        together == 1 ? "" : " (one of " + together + " messages that were sealed together)";
    return new Refusal(
        refusal.recipient(),
        refusal.code(),
        refusal.rule(),
        "not permitted any more" + by + others + ": " + refusal.reason());
  }
}
