package org.entente.gateway.policy.codes;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.entente.gateway.config.SchemaDescription;

/**
 * The meaning of a code in the languages of the federation. All languages are required, so that
 * every member can read the code.
 *
 * @param en English
 * @param fr French
 * @param es Spanish
 * @param de German
 */
public record Wording(
    @SchemaDescription(value = "English", longest = Wording.MAX) @JsonProperty(required = true)
        String en,
    @SchemaDescription(value = "French", longest = Wording.MAX) @JsonProperty(required = true)
        String fr,
    @SchemaDescription(value = "Spanish", longest = Wording.MAX) @JsonProperty(required = true)
        String es,
    @SchemaDescription(value = "German", longest = Wording.MAX) @JsonProperty(required = true)
        String de) {
  /** Longest text in one language, in characters. */
  public static final int MAX = 200;

  /** The languages. */
  public enum Language {
    /** English. */
    EN,
    /** French. */
    FR,
    /** Spanish. */
    ES,
    /** German. */
    DE
  }

  /** The text in one language. */
  public String in(Language language) {
    return switch (language) {
      case EN -> en;
      case FR -> fr;
      case ES -> es;
      case DE -> de;
    };
  }
}
