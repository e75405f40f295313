package org.entente.gateway.batch;

import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;

/**
 * The properties that messages must share to be sealed together, so that an envelope reveals no
 * recipient, obligation or priority of another message.
 *
 * @param recipients agencies that will open it, ascending, without duplicates, at least one
 * @param agreement id of the agreement that permits it
 * @param retentionDays days the recipients may keep it, from 1
 * @param lane priority class
 * @param exercise whether it is training
 */
public record BatchKey(
    List<AgencyName> recipients, String agreement, int retentionDays, Lane lane, boolean exercise) {
  public BatchKey {
    List<AgencyName> ordered =
        recipients.size() == 1
            ? List.copyOf(recipients)
            : recipients.stream().distinct().sorted().toList();
    if (ordered.isEmpty() || ordered.size() != recipients.size() || retentionDays < 1) {
      throw new IllegalArgumentException(
          recipients + " may keep it for " + retentionDays + " days: not a batch");
    }
    recipients = ordered;
  }
}
