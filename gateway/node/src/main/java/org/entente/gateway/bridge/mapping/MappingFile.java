package org.entente.gateway.bridge.mapping;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A mapping file as written.
 *
 * @param name what reports call it
 * @param description what it maps, for people
 * @param input what it is applied to
 * @param publisher the agency that publishes
 * @param fields target path to rule, in the order of the file
 */
public record MappingFile(
    @JsonProperty(required = true) String name,
    @Nullable String description,
    @JsonProperty(required = true) MappingInput input,
    @JsonProperty(required = true) Rule publisher,
    @JsonProperty(required = true) LinkedHashMap<String, Rule> fields) {

  /**
   * What to set a target to. A text alone is {@code cel}.
   *
   * @param cel expression over {@code source}; null or an absent optional leaves the target unset
   * @param constant a value as it stands, instead of {@code cel}
   * @param when bool expression over {@code source}; if false, the target is left unset
   * @param otherwise a value as it stands where the target would be left unset
   * @param cut whether a text that is too long is cut at the field's limit rather than refused
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
