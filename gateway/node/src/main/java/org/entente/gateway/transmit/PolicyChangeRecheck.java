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
 * Rechecks own mail that was sealed under an earlier policy: opens its labels in memory with the
 * stored content key; bodies stay sealed. Safe for many threads.
 *
 * <p>Messages sealed together are sent together: if one of them may no longer go to a recipient,
 * none of them does.
 */
public final class PolicyChangeRecheck {
  private final Opener opener;

  /** Applies the policy in force to one message. */
  @FunctionalInterface
  public interface Decision {
    /** Why it may not go to a recipient any more; empty if it may. */
    Optional<Refusal> refusal(PendingMessage message, AgencyName recipient);
  }

  /** Creates a recheck with an opener for labels. */
  public PolicyChangeRecheck(Opener opener) {
    this.opener = opener;
  }

  /**
   * Whether an envelope was sealed under another policy generation than this one, or its record
   * names none. Independent of the clock.
   */
  public static boolean isUnderAnother(StoredEnvelope stored, long generation) {
    return !stored.hasSealedUnder() || stored.getSealedUnder().getGeneration() != generation;
  }

  /**
   * Why an envelope may no longer go to a recipient, with the rule in the reason; empty if it may.
   *
   * @param key its content key, which the caller closes
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
    // Not closed, as that would close the caller's key.
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

  /** The refusal of an envelope whose labels cannot be checked. */
  private static Optional<Refusal> unreadable(AgencyName recipient) {
    return Optional.of(
        new Refusal(recipient.value(), Code.INTERNAL, "", "its labels can no longer be opened"));
  }

  private static Refusal told(Refusal refusal, int together) {
    String by = refusal.rule().isEmpty() ? "" : " by " + refusal.rule();
    String others = together == 1 ? "" : " (one of " + together + " messages sealed together)";
    return new Refusal(
        refusal.recipient(),
        refusal.code(),
        refusal.rule(),
        "no longer permitted" + by + others + ": " + refusal.reason());
  }
}
