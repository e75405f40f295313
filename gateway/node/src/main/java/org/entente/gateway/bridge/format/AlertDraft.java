package org.entente.gateway.bridge.format;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.v1.Draft;

/**
 * A draft ready to be published, with its source.
 *
 * @param file the file it was read from
 * @param line line on which its record begins, from 1
 * @param named the agency whose client publishes it; empty if the sender is to decide
 * @param draft within the limits in {@code message.proto}; the publisher's gateway checks
 *     identifiers and policy
 * @param unmapped the parts of the record that the draft changes or omits; for CAP only
 */
public record AlertDraft(
    String file, int line, Optional<AgencyName> named, Draft draft, List<UnmappedValue> unmapped)
    implements AlertItem {

  public AlertDraft {
    unmapped = List.copyOf(unmapped);
  }

  /**
   * The agency whose client publishes it.
   *
   * @throws java.util.NoSuchElementException if its source names none
   */
  public AgencyName publisher() {
    return named.orElseThrow();
  }

  /** Names the place only: the content must not appear in logs. */
  @Override
  public String toString() {
    return "AlertDraft["
        + file
        + ":"
        + line
        + named.map(agency -> ", publisher=" + agency).orElse("")
        + "]";
  }
}
