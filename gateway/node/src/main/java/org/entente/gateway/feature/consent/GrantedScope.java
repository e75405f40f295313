package org.entente.gateway.feature.consent;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * The part of a request that an originator grants. Fields left out are granted as requested.
 *
 * @param agencies only these agencies; if this and jurisdictions are empty, all that were requested
 * @param jurisdictions only these jurisdictions
 * @param purposes only these purposes; empty for all that were requested
 * @param until only until this time; null for the requested time
 */
public record GrantedScope(
    List<String> agencies,
    List<String> jurisdictions,
    List<Purpose> purposes,
    @Nullable Timestamp until) {
  /** Grants all that was requested. */
  public static final GrantedScope NONE = new GrantedScope(List.of(), List.of(), List.of(), null);

  /** Copies the lists. */
  public GrantedScope {
    agencies = List.copyOf(agencies);
    jurisdictions = List.copyOf(jurisdictions);
    purposes = List.copyOf(purposes);
  }

  /**
   * Applies the scope to a request.
   *
   * @param membership knows the agencies of a jurisdiction
   */
  Result<ConsentStatement.Terms> of(ConsentAsked asked, Instant now, Membership membership) {
    Problem problem = problem(asked, now, membership);
    if (problem != null) {
      return Result.refused(problem);
    }
    boolean all = agencies.isEmpty() && jurisdictions.isEmpty();
    List<MessageId> messages = ConsentRequests.messages(asked);
    List<String> to = all ? asked.getAgenciesList() : agencies;
    List<Integer> numbers = new ArrayList<>();
    (purposes.isEmpty() ? asked.getPurposesList() : purposes)
        .forEach(purpose -> numbers.add(purpose.getNumber()));
    return Result.done(
        new ConsentStatement.Terms(
            messages,
            to.stream().map(AgencyName::new).toList(),
            all ? asked.getJurisdictionsList() : jurisdictions,
            numbers,
            Timestamps.toMillis(until == null ? asked.getUntil() : until)));
  }

  private @Nullable Problem problem(ConsentAsked asked, Instant now, Membership membership) {
    for (String agency : agencies) {
      if (!isAsked(agency, asked, membership)) {
        return invalid(
            "agencies", agency, "it is neither a requested agency nor in a requested jurisdiction");
      }
    }
    if (agencies.size() > ConsentStatement.MAX_AGENCIES) {
      return invalid(
          "agencies", agencies.size() + " names", "at most " + ConsentStatement.MAX_AGENCIES);
    }
    for (String jurisdiction : jurisdictions) {
      if (!asked.getJurisdictionsList().contains(jurisdiction)) {
        return invalid("jurisdictions", jurisdiction, "it was not requested");
      }
    }
    for (Purpose purpose : purposes) {
      if (!asked.getPurposesList().contains(purpose)) {
        return invalid("purposes", purpose.name(), "it was not requested");
      }
    }
    return until == null ? null : late(until, asked, now);
  }

  private static boolean isAsked(String agency, ConsentAsked asked, Membership membership) {
    if (asked.getAgenciesList().contains(agency)) {
      return true;
    }
    try {
      return membership
          .jurisdiction(new AgencyName(agency))
          .filter(Set.copyOf(asked.getJurisdictionsList())::contains)
          .isPresent();
    } catch (InvalidValue e) {
      return false;
    }
  }

  private static @Nullable Problem late(Timestamp until, ConsentAsked asked, Instant now) {
    if (!Timestamps.isValid(until) || Timestamps.compare(until, asked.getUntil()) > 0) {
      return new Problem(
          Code.INVALID_FIELD,
          "until",
          "must not be later than requested: " + Timestamps.toString(asked.getUntil()));
    }
    return Timestamps.toMillis(until) > now.toEpochMilli()
        ? null
        : new Problem(Code.INVALID_FIELD, "until", "must be in the future");
  }

  private static Problem invalid(String field, String found, String why) {
    return new Problem(
        Code.INVALID_FIELD, field, "found " + InvalidValue.printable(found) + ": " + why);
  }
}
