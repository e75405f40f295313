package org.entente.gateway.bridge.format;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.v1.Draft;

/**
 * A draft ready to be published, with where it came from.
 *
 * @param file the file it was read from
 * @param line line on which its record begins, from 1
 * @param named the agency whose client is to publish it; empty where whoever sends it is
 * @param draft within the limits that {@code message.proto} states; whether identifiers are real
 *     and policy allows it is for the publisher's gateway to say
 * @param unmapped what of the record is not in the draft as it stands; for CAP only
 */
public record AlertDraft(
    String file, int line, Optional<AgencyName> named, Draft draft, List<UnmappedValue> unmapped)
    implements AlertItem {

  public AlertDraft {
    unmapped = List.copyOf(unmapped);
  }

  /**
   * The agency whose client is to publish it.
   *
   * @throws java.util.NoSuchElementException if its source names none
   */
  public AgencyName publisher() {
    return named.orElseThrow();
  }

  /** Names the place only: the content is not for logs. */
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
