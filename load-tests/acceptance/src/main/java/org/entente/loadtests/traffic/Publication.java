package org.entente.loadtests.traffic;

import org.entente.proto.v1.Draft;

/**
 * A draft and its publisher.
 *
 * @param key its idempotency key
 * @param publisher agency
 * @param source place where it was read, for people
 */
public record Publication(String key, String publisher, String source, Draft draft) {
  /** The draft with its own key. */
  public static Publication of(String key, String publisher, String source, Draft draft) {
    return new Publication(
        key, publisher, source, draft.toBuilder().setIdempotencyKey(key).build());
  }

  /** Names the place only: the content is not for logs. */
  @Override
  public String toString() {
    return "Publication[" + key + ", " + publisher + ", " + source + "]";
  }
}
