package org.entente.gateway.policy;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a node configures about the form of messages; everything else is fixed by the protos.
 *
 * @param maxBodyBytes largest serialised body
 * @param markings sharing markings that are known
 * @param evaluationSchemes schemes of source evaluation by name, with the form of their values
 */
public record MessageLimits(
    int maxBodyBytes, Set<String> markings, Map<String, Pattern> evaluationSchemes) {
  /** Largest body unless configured otherwise. */
  public static final int DEFAULT_MAX_BODY_BYTES = 1 << 20;

  public MessageLimits {
    markings = Set.copyOf(markings);
    evaluationSchemes = Map.copyOf(evaluationSchemes);
  }

  /** 1 MiB, TLP 2.0, Europol 4x4 and Admiralty. */
  public static MessageLimits defaults() {
    return new MessageLimits(
        DEFAULT_MAX_BODY_BYTES,
        Set.of("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"),
        Map.of(
            "4x4", Pattern.compile("[ABCX][1-4]"),
            "ADMIRALTY", Pattern.compile("[A-F][1-6]")));
  }
}
