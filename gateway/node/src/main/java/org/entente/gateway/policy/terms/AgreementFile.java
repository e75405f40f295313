package org.entente.gateway.policy.terms;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.LocalDate;
import java.util.List;
import org.entente.gateway.config.SchemaDescription;
import org.entente.gateway.policy.terms.Agreement.OnwardTransfer;
import org.jspecify.annotations.Nullable;

/** An agreement as written in its YAML file, before validation. */
public record AgreementFile(
    @SchemaDescription(
            value = "its id; it is in the label of every message under it",
            form = AgreementFile.ID)
        @JsonProperty(required = true)
        String id,
    @SchemaDescription(value = "its usual name", longest = 200) @JsonProperty(required = true)
        String title,
    @SchemaDescription("the legal side") @JsonProperty(required = true) Law law,
    @SchemaDescription("who shares with whom") @JsonProperty(required = true) Between between,
    @SchemaDescription("what may be shared") @JsonProperty(required = true) Covers covers,
    @SchemaDescription("what binds sender and recipient") @JsonProperty(required = true)
        Obligations obligations,
    @SchemaDescription(
            value = "fields of label and body to withhold from recipients; none if left out",
            form = RedactableFields.FORM)
        @Nullable List<String> redactions,
    @SchemaDescription("the time in which it is in force") @JsonProperty(required = true)
        Valid valid) {
  /** The form of the ids of agreements and of a node's rules. */
  public static final String ID = "[a-z0-9][a-z0-9-]{0,63}";

  /** Largest body in bytes. */
  public static final int MAX_BODY = 64 << 20;

  /** Longest delivery time in days. */
  public static final int MAX_DELIVERY_DAYS = 365;

  /** Whether parties share both ways or one group of them with another. */
  public enum Direction {
    BOTH,
    ONE_WAY
  }

  /** The parties: {@code parties} for both ways, or {@code from} and {@code to} for one way. */
  public record Between(
      @SchemaDescription("BOTH with parties, or ONE_WAY with from and to")
          @JsonProperty(required = true)
          Direction direction,
      @SchemaDescription("who shares with each other") @Nullable List<Party> parties,
      @SchemaDescription("who sends") @Nullable List<Party> from,
      @SchemaDescription("who receives") @Nullable List<Party> to) {}

  /** What may be shared. */
  public record Covers(
      @SchemaDescription(value = "kinds of message", oneOf = "agreed_kind")
          @JsonProperty(required = true)
          List<String> kinds,
      @SchemaDescription(value = "subject matter", oneOf = "category")
          @JsonProperty(required = true)
          List<String> categories,
      @SchemaDescription(value = "what the recipient may use it for", oneOf = "purpose")
          @JsonProperty(required = true)
          List<String> purposes,
      @SchemaDescription(value = "highest classification", oneOf = "classification")
          @JsonProperty(required = true)
          String classificationCeiling,
      @SchemaDescription(
              value = "codes that a message may carry; none if left out",
              oneOf = "handling")
          @Nullable List<String> handling,
      @SchemaDescription("whether personal data may be shared; never under a MOU")
          @JsonProperty(required = true)
          Boolean personalData,
      @SchemaDescription("a further condition: CEL over label, origin, recipient, now")
          @Nullable String condition) {}

  /** The obligations of sender and recipient. */
  public record Obligations(
      @SchemaDescription(
              value = "days after which the recipient destroys the key",
              least = 1,
              most = Agreement.MAX_RETENTION_DAYS)
          @JsonProperty(required = true)
          Integer retentionDays,
      @SchemaDescription("what the recipient may pass on") @JsonProperty(required = true)
          OnwardTransfer onwardTransfer,
      @SchemaDescription(
              "the recipient's programs do not copy it into other systems; false if left out")
          @Nullable Boolean noExport,
      @SchemaDescription("each message waits for a second person; false if left out")
          @Nullable Boolean fourEyes,
      @SchemaDescription(
              "each draft must name the sending officer and a justification; false if left out")
          @Nullable Boolean personRequired,
      @SchemaDescription(
              value = "largest body; 1048576 if left out",
              least = 1,
              most = AgreementFile.MAX_BODY)
          @Nullable Integer maxMessageBytes,
      @SchemaDescription(
              value = "days after which it expires undelivered; 30, or the retention, if left out",
              least = 1,
              most = AgreementFile.MAX_DELIVERY_DAYS)
          @Nullable Integer deliverWithinDays) {}

  /** First and last day, in UTC; without a last day it is open-ended. */
  public record Valid(
      @SchemaDescription("first day, UTC") @JsonProperty(required = true) LocalDate from,
      @SchemaDescription("last day, UTC; open-ended if left out") @Nullable LocalDate until) {}
}
