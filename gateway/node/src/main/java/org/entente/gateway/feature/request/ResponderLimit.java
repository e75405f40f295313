package org.entente.gateway.feature.request;

import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.Responder;

/**
 * Checks the responder that a request names: it exists for the request's category and accepts that
 * many subjects. The requesting gateway checks against the other agency's list, and that agency's
 * gateway against its registrations. Pure.
 */
public final class ResponderLimit {
  private ResponderLimit() {}

  /**
   * Why a request may not go; empty if it may, or if it names no responder.
   *
   * @param agency the agency asked
   * @param category the category in the request's label
   * @param found the agency's responder with that name, if known
   */
  public static Optional<Problem> problem(
      Request request, Category category, String agency, Optional<Responder> found) {
    String name = request.getResponder();
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Optional<Responder> responder = found.filter(one -> one.getCategoriesList().contains(category));
    if (responder.isEmpty()) {
      return Optional.of(
          new Problem(
              Code.NOT_FOUND,
              "body.request.responder",
              "no responder %s of %s is known here for %s; use one that Discover returns, or none"
                  .formatted(name, agency, word(category))));
    }
    int most = responder.get().getSubjectsPerRequest();
    return request.getSubjectsCount() <= most
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Code.INVALID_FIELD,
                "body.request.subjects",
                ("has %d entries; responder %s of %s accepts %d in a request, so send several "
                        + "requests")
                    .formatted(request.getSubjectsCount(), name, agency, most)));
  }

  private static String word(Category category) {
    return category.name().replace("CATEGORY_", "");
  }
}
