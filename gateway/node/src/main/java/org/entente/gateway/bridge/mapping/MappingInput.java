package org.entente.gateway.bridge.mapping;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The input of a mapping. */
public enum MappingInput {
  /** The object of each line is {@code source}; the draft is initially empty. */
  @JsonProperty("json_lines")
  JSON_LINES,
  /** The CAP alert is {@code source}; the draft initially has CAP's fields. */
  @JsonProperty("cap")
  CAP
}
