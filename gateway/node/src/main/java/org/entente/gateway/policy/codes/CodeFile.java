package org.entente.gateway.policy.codes;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.entente.gateway.config.SchemaDescription;
import org.jspecify.annotations.Nullable;

/**
 * A file of code lists as its YAML writes it. What the files of a folder say is put together; none
 * may say what another has said.
 *
 * @param words what the values of labels mean: by field of the label, by value
 * @param markings sharing markings
 * @param sharing which of them are stricter than which
 * @param evaluations schemes of source evaluation
 * @param schemes classification schemes
 * @param equivalences what one scheme's markings are handled as under another
 * @param indicators what risk scores may rest on
 */
public record CodeFile(
    @SchemaDescription(value = "what the values of labels mean, by field and value", oneOf = "list")
        @Nullable Map<String, Map<String, Wording>> words,
    @SchemaDescription("sharing markings that labels may carry")
        @Nullable Map<String, Wording> markings,
    @SchemaDescription("which sharing markings are stricter than which, by name of the set")
        @Nullable Map<String, Sharing> sharing,
    @SchemaDescription("schemes of source evaluation")
        @Nullable Map<String, Evaluations> evaluations,
    @SchemaDescription("classification schemes") @Nullable Map<String, Scheme> schemes,
    @SchemaDescription(
            "what one scheme's markings are handled as under another; one entry a direction")
        @Nullable List<Equivalence> equivalences,
    @SchemaDescription("what risk scores of received messages may rest on")
        @Nullable Map<String, Wording> indicators) {

  /** Sharing markings that belong together. */
  record Sharing(
      @SchemaDescription("each may stand in the place of those after it; each in one set only")
          @JsonProperty(required = true)
          List<String> strictestFirst,
      @SchemaDescription("those of them whose originator is asked before content is passed on")
          @Nullable List<String> consentToPassOn) {}

  /** A scheme of source evaluation: a code for the source and one for the information. */
  record Evaluations(
      @JsonProperty(required = true) Wording title,
      @SchemaDescription("codes of the source") @JsonProperty(required = true)
          Map<String, Wording> source,
      @SchemaDescription("codes of the information") @JsonProperty(required = true)
          Map<String, Wording> information) {}

  /** A classification scheme; jurisdictions and agencies that handle by it are in usedBy. */
  record Scheme(
      @JsonProperty(required = true) Wording title,
      @SchemaDescription("jurisdictions and agencies that handle by it, each in one scheme only")
          @Nullable List<String> usedBy,
      @JsonProperty(required = true) List<Marking> markings) {}

  /** A marking as the scheme writes it, with its level. */
  record Marking(
      @SchemaDescription(value = "as it is written there", longest = CodesLint.MAX_MARKING)
          @JsonProperty(required = true)
          String marking,
      @SchemaDescription(value = "its level", oneOf = "classification")
          @JsonProperty(required = true)
          String level,
      @JsonProperty(required = true) Wording label) {}

  /** What the markings of one scheme are handled as under another; this direction only. */
  record Equivalence(
      @SchemaDescription("the originator's scheme") @JsonProperty(required = true) String from,
      @SchemaDescription("the recipient's scheme") @JsonProperty(required = true) String to,
      @SchemaDescription(value = "on what it rests", longest = CodesLint.MAX_BASIS)
          @JsonProperty(required = true)
          String basis,
      @JsonProperty(required = true) List<Handled> markings) {}

  /** One marking and what it is handled as. */
  record Handled(
      @SchemaDescription("of the originator's scheme") @JsonProperty(required = true)
          String marking,
      @SchemaDescription("of the recipient's scheme, of the same level or above")
          @JsonProperty(required = true)
          String handledAs) {}
}
