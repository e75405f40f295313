package org.entente.gateway.intake;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.decide.OnwardSource;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * The received messages that a draft passes on or answers with feedback.
 *
 * @param sources as received, in the draft's order
 * @param lacking the problem if one of them is absent or may not be answered this way; null if
 *     there is none
 */
record OnwardSources(List<OnwardSource> sources, @Nullable Problem lacking) {
  static OnwardSources of(NodeName client, CheckedDraft draft, IntakeParts parts) {
    IntakeParts.ReceivedMessages received = parts.sources().received().by(client);
    Problem feedback = FeedbackPrecheck.lacking(draft, received);
    if (feedback != null) {
      return new OnwardSources(List.of(), feedback);
    }
    List<OnwardSource> sources = new ArrayList<>();
    for (MessageId id : draft.derivedFrom()) {
      if (received.isRestricted(id)) {
        return new OnwardSources(
            List.of(),
            new Problem(
                Code.RESTRICTED,
                "derived_from[" + sources.size() + "]",
                "its originator restricts its processing; it must not be passed on"));
      }
      Optional<Label> label = received.label(id);
      if (label.isEmpty()) {
        String field = "derived_from[" + sources.size() + "]";
        return new OnwardSources(
            List.of(),
            new Problem(
                Code.NOT_FOUND,
                field,
                "there is no message with this id here; it was never received, or its retention "
                    + "has ended"));
      }
      sources.add(
          new OnwardSource(
              id,
              label.get(),
              parts.sources().granted().about(id),
              received.lastDay(id).orElse(null)));
    }
    return new OnwardSources(sources, null);
  }
}
