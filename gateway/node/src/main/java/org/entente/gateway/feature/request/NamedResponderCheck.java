package org.entente.gateway.feature.request;

import java.util.Optional;
import java.util.function.BiFunction;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.Responder;
import org.jspecify.annotations.Nullable;

/**
 * Checks the responder that a request names: the request must address agencies by name, and each of
 * them must have announced this responder with room for that many subjects. Safe for use by several
 * threads.
 */
record NamedResponderCheck(BiFunction<String, String, Optional<Responder>> known) {
  /** Why a draft may not name its responder; null if it may, or names none. */
  @Nullable Problem problem(CheckedDraft draft) {
    if (draft.label().getKind() != Kind.KIND_REQUEST) {
      return null;
    }
    Request request = draft.content().whole().getRequest();
    if (request.getResponder().isEmpty()) {
      return null;
    }
    if (!ReminderDraftCheck.isByName(draft.to())) {
      return new Problem(
          Code.INVALID_FIELD,
          "to",
          "must contain only the agencies whose responder is named, or the request must name no "
              + "responder");
    }
    for (String name : draft.to().getAgenciesList()) {
      Optional<Problem> problem =
          ResponderLimit.problem(
              request,
              draft.label().getCategory(),
              name,
              known.apply(name, request.getResponder()));
      if (problem.isPresent()) {
        return problem.get();
      }
    }
    return null;
  }
}
