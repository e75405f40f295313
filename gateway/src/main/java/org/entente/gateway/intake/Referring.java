package org.entente.gateway.intake;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.entente.gateway.ledger.Chains;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.CheckedDraft;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Status;
import org.jspecify.annotations.Nullable;

/**
 * The message of this agency that a draft changes.
 *
 * @param hadTarget who was sent it; everybody where the draft changes none
 * @param lacking why the draft cannot change it, or null
 */
record Referring(Predicate<AgencyName> hadTarget, @Nullable Problem lacking) {
  private static final String FIELD = "label.references";

  static Referring of(CheckedDraft draft, IntakeParts parts) {
    Label label = draft.label();
    if (label.getReferences().isEmpty()) {
      return new Referring(recipient -> true, null);
    }
    MessageId target = MessageId.of(label.getReferences().toByteArray());
    Optional<SentFacts> sent = parts.evidence().sent(parts.ledger().evidence(), target);
    if (sent.filter(facts -> !facts.getRecall()).isEmpty()) {
      return wrong(Code.NOT_FOUND, "this agency sent no message " + target);
    }
    if (sent.get().getExercise() != (label.getStatus() == Status.STATUS_EXERCISE)) {
      return wrong(Code.INVALID_FIELD, "training and actual traffic do not change each other");
    }
    Chains chains = parts.ledger().chains();
    if (chains.isFinal(parts.self(), target)) {
      return wrong(Code.INVALID_FIELD, "is a cancellation, which is final; send what holds anew");
    }
    if (!chains.hasRoom(parts.self(), target)) {
      return wrong(
          Code.LIMIT_REACHED,
          "was changed " + Chains.MOST + " times; change the latest of them, or recall it");
    }
    Set<String> recipients = new HashSet<>(sent.get().getRecipientsList());
    return new Referring(recipient -> recipients.contains(recipient.value()), null);
  }

  private static Referring wrong(Code code, String message) {
    return new Referring(recipient -> false, new Problem(code, FIELD, message));
  }
}
