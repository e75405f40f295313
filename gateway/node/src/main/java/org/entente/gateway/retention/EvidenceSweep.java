package org.entente.gateway.retention;

import com.google.protobuf.ByteString;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.EvidenceExpiry;
import org.entente.gateway.ledger.table.EvidenceExpiry.Part;
import org.entente.gateway.model.Lane;
import org.jspecify.annotations.Nullable;

/**
 * Removes expired evidence from the ledger, a bounded part of the table in each round, continuing
 * where the last round ended. Removes nothing that can still be opened. Called regularly by one
 * thread.
 */
public final class EvidenceSweep {
  /** Records examined at a time; one commit removes the expired ones among them. */
  static final int AT_ONCE = 1_000;

  private static final int A_ROUND = 200;

  private final Ledger ledger;
  private final InstantSource ending;
  private final Map<Part, ByteString> places = new EnumMap<>(Part.class);

  /**
   * Creates the sweep of a ledger.
   *
   * @param ending the time for expiry
   */
  public EvidenceSweep(Ledger ledger, InstantSource ending) {
    this.ledger = ledger;
    this.ending = ending;
  }

  /** Removes expired records; returns how many. */
  public int round() {
    int removed = 0;
    for (Part part : Part.values()) {
      removed += round(part);
    }
    return removed;
  }

  private int round(Part part) {
    EvidenceExpiry ends = ledger.evidenceEnds();
    int removed = 0;
    @Nullable ByteString place = places.remove(part);
    for (int i = 0; i < A_ROUND; i++) {
      long now = ending.millis();
      EvidenceExpiry.Page page = ends.page(part, place, now, AT_ONCE);
      if (!page.over().isEmpty()) {
        removed += ledger.commit(Lane.ROUTINE, tx -> ends.remove(tx, part, page.over(), now));
      }
      place = page.next();
      if (place == null) {
        return removed;
      }
    }
    places.put(part, place);
    return removed;
  }
}
