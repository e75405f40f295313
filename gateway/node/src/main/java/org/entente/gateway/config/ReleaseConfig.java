package org.entente.gateway.config;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.entente.gateway.model.InvalidValue;
import org.jspecify.annotations.Nullable;

/**
 * Rules for decisions on messages that wait for a second person.
 *
 * @param sameClient whether the publishing client may decide on a message for another officer:
 *     {@code refused}, the default, or {@code allowed}. A gateway authenticates clients by
 *     certificate, but knows officers only by the client's statement
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ReleaseConfig(@Nullable String sameClient) {
  private static final String REFUSED = "refused";
  private static final String ALLOWED = "allowed";

  /** All defaults. */
  public static final ReleaseConfig DEFAULT = new ReleaseConfig(REFUSED);

  public ReleaseConfig {
    sameClient = sameClient == null ? REFUSED : sameClient;
    if (!sameClient.equals(REFUSED) && !sameClient.equals(ALLOWED)) {
      throw new IllegalArgumentException(
          "release.same_client is "
              + InvalidValue.printable(sameClient)
              + "; it must be refused or allowed");
    }
  }

  /** Whether the publishing client may decide on a message. */
  public boolean allowsSameClient() {
    return ALLOWED.equals(sameClient);
  }
}
