package org.entente.gateway.policy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.LocalDate;
import java.util.List;
import org.entente.gateway.policy.Agreement.OnwardTransfer;
import org.jspecify.annotations.Nullable;

/** An agreement as its YAML file writes it, before it is linted. */
record AgreementFile(
    @JsonProperty(required = true) String id,
    @JsonProperty(required = true) String title,
    @JsonProperty(required = true) Law law,
    @JsonProperty(required = true) Between between,
    @JsonProperty(required = true) Covers covers,
    @JsonProperty(required = true) Obligations obligations,
    @JsonProperty(required = true) Valid valid) {

  /** Whether parties share both ways or one group of them with another. */
  enum Direction {
    BOTH,
    ONE_WAY
  }

  /** Who shares with whom: {@code parties} both ways, or {@code from} and {@code to} one way. */
  record Between(
      @JsonProperty(required = true) Direction direction,
      @Nullable List<Party> parties,
      @Nullable List<Party> from,
      @Nullable List<Party> to) {}

  /** What may be shared. */
  record Covers(
      @JsonProperty(required = true) List<String> kinds,
      @JsonProperty(required = true) List<String> categories,
      @JsonProperty(required = true) List<String> purposes,
      @JsonProperty(required = true) String classificationCeiling,
      @Nullable List<String> handling,
      @JsonProperty(required = true) Boolean personalData,
      @Nullable String condition) {}

  /** What sender and recipient must keep to. */
  record Obligations(
      @JsonProperty(required = true) Integer retentionDays,
      @JsonProperty(required = true) OnwardTransfer onwardTransfer,
      @Nullable Boolean fourEyes,
      @Nullable Boolean personRequired,
      @Nullable Integer maxMessageBytes,
      @Nullable Integer deliverWithinDays) {}

  /** First and last day, in UTC; without a last day it is open-ended. */
  record Valid(@JsonProperty(required = true) LocalDate from, @Nullable LocalDate until) {}
}
