package org.entente.gateway.bridge.cap;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.bridge.cap.CapImport.ImportResult;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.CapAlert;
import org.entente.gateway.bridge.format.CapProblem;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.bridge.format.DraftLimits;
import org.entente.gateway.bridge.format.UnmappedValue;

/**
 * Checks what a CAP alert would become in a message, for any sender and terms.
 *
 * @param obstacle why it cannot become a message; empty if it can
 * @param unmapped the parts of the document that the message would change or omit; if there is an
 *     obstacle, only those found while reading
 */
public record CapCheck(Optional<BadRecord> obstacle, List<UnmappedValue> unmapped) {
  public CapCheck {
    unmapped = List.copyOf(unmapped);
  }

  /** Checks one alert. */
  public static CapCheck of(CapAlert alert) {
    try {
      ImportResult imported = CapImport.read(alert);
      DraftLimits.checkValues(imported.draft());
      return new CapCheck(Optional.empty(), imported.unmapped());
    } catch (CapProblem e) {
      return obstacle(alert, e.line(), e.path(), e.problem());
    } catch (DraftFault e) {
      return obstacle(alert, alert.line(), CapPath.of(e.field()), e.problem());
    }
  }

  private static CapCheck obstacle(CapAlert alert, int line, String path, String problem) {
    BadRecord bad = new BadRecord(alert.file(), line, path, problem);
    return new CapCheck(Optional.of(bad), alert.unmapped());
  }
}
