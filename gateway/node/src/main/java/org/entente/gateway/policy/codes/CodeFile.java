package org.entente.gateway.policy.codes;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.entente.gateway.config.SchemaDescription;
import org.jspecify.annotations.Nullable;

/**
 * A file of code lists as written in YAML. The files of a folder are merged; none may repeat an
 * entry of another.
 *
 * @param words the meanings of label values: by field of the label, by value
 * @param markings sharing markings
 * @param sharing the order of strictness of sharing markings
 * @param evaluations schemes of source evaluation
 * @param schemes classification schemes
 * @param equivalences equivalents of one scheme's markings in another scheme
 * @param indicators the indicators that risk scores may use
 */
public record CodeFile(
    @SchemaDescription(value = "what the values of labels mean, by field and value", oneOf = "list")
        @Nullable Map<String, Map<String, Wording>> words,
    @SchemaDescription("sharing markings that labels may carry")
        @Nullable Map<String, Wording> markings,
    @SchemaDescription("the order of strictness of sharing markings, by name of the set")
        @Nullable Map<String, Sharing> sharing,
    @SchemaDescription("schemes of source evaluation")
        @Nullable Map<String, Evaluations> evaluations,
    @SchemaDescription("classification schemes") @Nullable Map<String, Scheme> schemes,
    @SchemaDescription(
            "equivalents of one scheme's markings in another; one entry for each direction")
        @Nullable List<Equivalence> equivalences,
    @SchemaDescription("indicators that risk scores of received messages may use")
        @Nullable Map<String, Wording> indicators) {

  /** Sharing markings that belong together. */
  record Sharing(
      @SchemaDescription("each may replace those after it; each in one set only")
          @JsonProperty(required = true)
          List<String> strictestFirst,
      @SchemaDescription("those that require the originator's consent before content is passed on")
          @Nullable List<String> consentToPassOn) {}

  /** A scheme of source evaluation: a code for the source and one for the information. */
  record Evaluations(
      @JsonProperty(required = true) Wording title,
      @SchemaDescription("codes of the source") @JsonProperty(required = true)
          Map<String, Wording> source,
      @SchemaDescription("codes of the information") @JsonProperty(required = true)
          Map<String, Wording> information) {}

  /** A classification scheme; usedBy lists the jurisdictions and agencies that use it. */
  record Scheme(
      @JsonProperty(required = true) Wording title,
      @SchemaDescription("jurisdictions and agencies that use it, each in one scheme only")
          @Nullable List<String> usedBy,
      @JsonProperty(required = true) List<Marking> markings) {}

  /** A marking as written in the scheme, with its level. */
  record Marking(
      @SchemaDescription(value = "as written in the scheme", longest = CodesLint.MAX_MARKING)
          @JsonProperty(required = true)
          String marking,
      @SchemaDescription(value = "its level", oneOf = "classification")
          @JsonProperty(required = true)
          String level,
      @JsonProperty(required = true) Wording label) {}

  /** The equivalents of one scheme's markings in another scheme; this direction only. */
  record Equivalence(
      @SchemaDescription("the originator's scheme") @JsonProperty(required = true) String from,
      @SchemaDescription("the recipient's scheme") @JsonProperty(required = true) String to,
      @SchemaDescription(value = "its legal or other basis", longest = CodesLint.MAX_BASIS)
          @JsonProperty(required = true)
          String basis,
      @JsonProperty(required = true) List<Handled> markings) {}

  /** One marking and its equivalent. */
  record Handled(
      @SchemaDescription("of the originator's scheme") @JsonProperty(required = true)
          String marking,
      @SchemaDescription("of the recipient's scheme, of the same level or above")
          @JsonProperty(required = true)
          String handledAs) {}
}
