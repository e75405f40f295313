package org.entente.gateway.request;

import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.Responder;

/**
 * Whether a request may go to the responder that it names: there is one of this name for what the
 * request is about, and it takes as many subjects. Held at the gateway that asks, by what the
 * agency that is asked has said, and at that agency's own, by what is registered there. Pure.
 */
public final class ResponderLimit {
  private ResponderLimit() {}

  /**
   * Why a request may not go; empty if it may, and if it names no responder.
   *
   * @param agency that is asked
   * @param category that the request's label names
   * @param found the agency's responder of that name, as far as it is known
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
              "no responder %s of %s is known here for %s; name one that Discover gives, or none"
                  .formatted(name, agency, word(category))));
    }
    int most = responder.get().getSubjectsPerRequest();
    return request.getSubjectsCount() <= most
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Code.INVALID_FIELD,
                "body.request.subjects",
                "has %d entries; responder %s of %s takes %d in a request, so ask in several"
                    .formatted(request.getSubjectsCount(), name, agency, most)));
  }

  private static String word(Category category) {
    return category.name().replace("CATEGORY_", "");
  }
}
