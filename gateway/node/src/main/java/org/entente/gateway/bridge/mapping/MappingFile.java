package org.entente.gateway.bridge.mapping;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A mapping file as written.
 *
 * @param name its name in reports
 * @param description what it maps, for people
 * @param input its input
 * @param publisher the agency that publishes
 * @param fields rule by target path, in the order of the file
 */
public record MappingFile(
    @JsonProperty(required = true) String name,
    @Nullable String description,
    @JsonProperty(required = true) MappingInput input,
    @JsonProperty(required = true) Rule publisher,
    @JsonProperty(required = true) LinkedHashMap<String, Rule> fields) {

  /**
   * The rule for a target. A plain text is the same as {@code cel}.
   *
   * @param cel expression over {@code source}; null or an absent optional leaves the target unset
   * @param constant a literal value, instead of {@code cel}
   * @param when bool expression over {@code source}; if false, the target is left unset
   * @param otherwise a literal value to use if the target would be left unset
   * @param cut whether a text that is too long is cut to the field's limit instead of refused
   */
  record Rule(
      @Nullable String cel,
      @Nullable Object constant,
      @Nullable String when,
      @Nullable Object otherwise,
      @Nullable Boolean cut) {

    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    Rule {}

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Rule expression(String cel) {
      return new Rule(cel, null, null, null, null);
    }
  }
}
