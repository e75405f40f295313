package org.entente.gateway.policy.analysis;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.policy.decide.TransferVerdict;
import org.jspecify.annotations.Nullable;

/** A file of expectations as written in YAML: the required results of agreements. */
record ExpectationFile(
    @Nullable Instant at, @JsonProperty(required = true) List<Entry> expectations) {

  /** The side whose policy is evaluated. */
  enum Direction {
    /** The sender's policy, for a client's draft. */
    EGRESS,
    /** The recipient's policy, for a peer's message under the agreement named in its label. */
    INGRESS
  }

  /** One message to one or several recipients, with the same expectation for each. */
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

  /** A received message that it passes on, with the agreement under which it was received. */
  record PassedOn(
      @JsonProperty(required = true) AgencyName from,
      @JsonProperty(required = true) Map<String, Object> label) {}

  /**
   * The required result; fields left out are not checked.
   *
   * @param withheld the fields withheld from the recipient, in any order
   */
  record Expected(
      @JsonProperty(required = true) TransferVerdict.Outcome outcome,
      @Nullable String agreement,
      @Nullable Code code,
      @Nullable String rule,
      @Nullable List<String> withheld) {}
}
