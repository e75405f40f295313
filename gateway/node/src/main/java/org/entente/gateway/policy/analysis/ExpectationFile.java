package org.entente.gateway.policy.analysis;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.policy.decide.TransferVerdict;
import org.jspecify.annotations.Nullable;

/** A file of expectations as its YAML writes it: what agreements must come to. */
record ExpectationFile(
    @Nullable Instant at, @JsonProperty(required = true) List<Entry> expectations) {

  /** Whose policy is asked. */
  enum Direction {
    /** The sender's, about what its client wants sent. */
    EGRESS,
    /** The recipient's, about what a peer sent under the agreement that the label names. */
    INGRESS
  }

  /** One message to one or several recipients, for each of whom the same is expected. */
  record Entry(
      @JsonProperty(required = true) String name,
      @Nullable Direction direction,
      @Nullable Instant at,
      @JsonProperty(required = true) AgencyName from,
      @JsonProperty(required = true) List<AgencyName> to,
      @JsonProperty(required = true) Map<String, Object> label,
      @Nullable Integer bodyBytes,
      @Nullable Boolean namesPersons,
      @Nullable Boolean person,
      @Nullable List<PassedOn> passesOn,
      @JsonProperty(required = true) Expected expect) {}

  /** A received message that it passes on, with the agreement under which it came. */
  record PassedOn(
      @JsonProperty(required = true) AgencyName from,
      @JsonProperty(required = true) Map<String, Object> label) {}

  /**
   * What must come of it; what is left out is not looked at.
   *
   * @param withheld the fields that the recipient is not given, in any order
   */
  record Expected(
      @JsonProperty(required = true) TransferVerdict.Outcome outcome,
      @Nullable String agreement,
      @Nullable Code code,
      @Nullable String rule,
      @Nullable List<String> withheld) {}
}
