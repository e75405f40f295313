package org.entente.gateway.policy.codes;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The configurable limits on messages; all other limits are fixed by the protos.
 *
 * @param maxBodyBytes largest serialised body
 * @param markings known sharing markings
 * @param evaluationSchemes schemes of source evaluation by name, with the form of their values
 */
public record MessageLimits(
    int maxBodyBytes, Set<String> markings, Map<String, Pattern> evaluationSchemes) {
  /** Default limit of a body. */
  public static final int DEFAULT_MAX_BODY_BYTES = 1 << 20;

  public MessageLimits {
    markings = Set.copyOf(markings);
    evaluationSchemes = Map.copyOf(evaluationSchemes);
  }

  /** 1 MiB, and {@link CodeFileReader#shipped the code lists of the release}. */
  public static MessageLimits defaults() {
    return of(CodeFileReader.shipped(), DEFAULT_MAX_BODY_BYTES);
  }

  /** What labels may hold by these lists, with bodies of this size at most. */
  public static MessageLimits of(CodeLists codes, int maxBodyBytes) {
    return new MessageLimits(maxBodyBytes, codes.markings(), codes.evaluationForms());
  }
}
