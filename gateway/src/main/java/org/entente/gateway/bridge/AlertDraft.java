package org.entente.gateway.bridge;

import org.entente.gateway.model.AgencyName;
import org.entente.proto.v1.Draft;

/**
 * A draft ready to be published, with where it came from.
 *
 * @param file the file it was read from
 * @param line line on which its record begins, from 1
 * @param publisher the agency whose client is to publish it
 * @param draft within the limits that {@code message.proto} states; whether identifiers are real
 *     and policy allows it is for the publisher's gateway to say
 */
public record AlertDraft(String file, int line, AgencyName publisher, Draft draft)
    implements AlertItem {

  /** Names the place only: the content is not for logs. */
  @Override
  public String toString() {
    return "AlertDraft[" + file + ":" + line + ", publisher=" + publisher + "]";
  }
}
