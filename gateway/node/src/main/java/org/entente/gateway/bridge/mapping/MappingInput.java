package org.entente.gateway.bridge.mapping;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a mapping is applied to. */
public enum MappingInput {
  /** Each line's object is {@code source}; the draft begins empty. */
  @JsonProperty("json_lines")
  JSON_LINES,
  /** The CAP alert is {@code source}; the draft begins with what CAP says. */
  @JsonProperty("cap")
  CAP
}
