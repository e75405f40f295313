package org.entente.gateway.intake;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.entente.gateway.ledger.Chains;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * The message of this agency that a draft changes, and the message that it replies to.
 *
 * @param hadTarget the recipients of the changed message; every agency if the draft changes none
 * @param lacking why the draft cannot change or reply to it; null if it can
 */
record ReferenceResolution(Predicate<AgencyName> hadTarget, @Nullable Problem lacking) {
  private static final String FIELD = "label.references";

  static ReferenceResolution of(NodeName client, CheckedDraft draft, IntakeParts parts) {
    Label label = draft.label();
    boolean judged =
        label.getKind() == Kind.KIND_FEEDBACK || parts.rules().hooks().judgeReply(draft);
    if (!judged && repliesToTheOther(client, label, parts)) {
      String said =
          Exercise.of(label)
              ? "names actual traffic; an exercise may reply only to exercises"
              : "names an exercise; actual traffic may reply only to actual traffic";
      return wrong(Code.INVALID_FIELD, "label.in_reply_to", said);
    }
    if (label.getReferences().isEmpty()) {
      return new ReferenceResolution(recipient -> true, null);
    }
    MessageId target = MessageId.of(label.getReferences().toByteArray());
    Optional<SentFacts> sent = parts.records().evidence().sent(parts.ledger().evidence(), target);
    if (sent.filter(facts -> !facts.getRecall()).isEmpty()) {
      return wrong(Code.NOT_FOUND, "this agency sent no message " + target);
    }
    if (sent.get().getExercise() != Exercise.of(label)) {
      return wrong(Code.INVALID_FIELD, "training and actual traffic must not change each other");
    }
    Chains chains = parts.ledger().chains();
    if (chains.isFinal(parts.self(), target)) {
      return wrong(
          Code.INVALID_FIELD,
          "is a cancellation, which is final; send the valid content as a new message");
    }
    if (!chains.hasRoom(parts.self(), target)) {
      return wrong(
          Code.LIMIT_REACHED,
          "was changed " + Chains.MOST + " times; change the latest of them, or recall it");
    }
    Set<String> recipients = new HashSet<>(sent.get().getRecipientsList());
    return new ReferenceResolution(recipient -> recipients.contains(recipient.value()), null);
  }

  /** Whether training replies to actual traffic, or the reverse, as far as known here. */
  private static boolean repliesToTheOther(NodeName client, Label label, IntakeParts parts) {
    if (label.getInReplyTo().isEmpty()) {
      return false;
    }
    MessageId id = MessageId.of(label.getInReplyTo().toByteArray());
    return parts
        .sources()
        .received()
        .by(client)
        .label(id)
        .map(Exercise::of)
        .or(
            () ->
                parts
                    .records()
                    .evidence()
                    .sent(parts.ledger().evidence(), id)
                    .map(SentFacts::getExercise))
        .filter(exercise -> exercise != Exercise.of(label))
        .isPresent();
  }

  private static ReferenceResolution wrong(Code code, String message) {
    return wrong(code, FIELD, message);
  }

  private static ReferenceResolution wrong(Code code, String field, String message) {
    return new ReferenceResolution(recipient -> false, new Problem(code, field, message));
  }
}
