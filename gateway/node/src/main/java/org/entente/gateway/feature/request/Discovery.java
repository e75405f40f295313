package org.entente.gateway.feature.request;

import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.decide.Policy;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.DiscoverRequest;
import org.entente.proto.v1.DiscoveredResponder;
import org.entente.proto.v1.Responder;
import org.entente.proto.v1.ResponderList;

/**
 * Finds the responders that this agency may ask: those listed by other agencies, in the categories
 * in which this gateway's agreements, too, permit requests. Safe for use by several threads.
 */
public final class Discovery {
  private final AgencyName self;
  private final AdvertisedResponders advertised;
  private final Supplier<Policy> policy;
  private final InstantSource clock;

  /** Discovery in the stored lists. */
  public Discovery(
      AgencyName self,
      AdvertisedResponders advertised,
      Supplier<Policy> policy,
      InstantSource clock) {
    this.self = self;
    this.advertised = advertised;
    this.policy = policy;
    this.clock = clock;
  }

  /** The responders found, by agency and name. */
  public List<DiscoveredResponder> find(DiscoverRequest request) {
    Instant now = clock.instant();
    Policy inForce = policy.get();
    List<DiscoveredResponder> out = new ArrayList<>();
    for (Map.Entry<AgencyName, ResponderList> said : advertised.lists(now).entrySet()) {
      AgencyName agency = said.getKey();
      boolean member = inForce.membership().agencies().contains(agency);
      if (member && (request.getAgency().isEmpty() || request.getAgency().equals(agency.value()))) {
        Set<Category> askable = inForce.askable(self, agency, now);
        for (Responder responder : said.getValue().getRespondersList()) {
          found(
                  agency,
                  ResponderAdvertiser.narrowed(responder, askable),
                  said.getValue().getAt(),
                  request)
              .ifPresent(out::add);
        }
      }
    }
    return out;
  }

  private static Optional<DiscoveredResponder> found(
      AgencyName agency, Responder responder, Timestamp at, DiscoverRequest request) {
    List<Category> sought = request.getCategoriesList();
    boolean matches =
        responder.getCategoriesCount() > 0
            && (sought.isEmpty()
                || responder.getCategoriesList().stream().anyMatch(sought::contains));
    return matches
        ? Optional.of(
            DiscoveredResponder.newBuilder()
                .setAgency(agency.value())
                .setResponder(responder)
                .setSaidAt(at)
                .build())
        : Optional.empty();
  }
}
