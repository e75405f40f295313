package org.entente.gateway.ledger.table;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * The origin numbers that this gateway holds, by origin and lane.
 *
 * <pre>ORIGIN_IN ascii origin · u8 lane → OriginWindows</pre>
 */
public final class WindowTable {
  private final Store store;

  public WindowTable(Store store) {
    this.store = store;
  }

  /** The window of an epoch, with its lane. */
  public record LaneWindow(Lane lane, OriginWindow window) {}

  /** The windows as the transaction sees them. */
  public OriginWindows read(Transaction tx, AgencyName origin, Lane lane) {
    return decode(tx.get(Table.ORIGIN_IN, key(origin, lane)));
  }

  /** Replaces the windows. */
  public void write(Transaction tx, AgencyName origin, Lane lane, OriginWindows windows) {
    tx.put(Table.ORIGIN_IN, key(origin, lane), windows.encode());
  }

  /** The committed windows. */
  public OriginWindows read(AgencyName origin, Lane lane) {
    return decode(store.get(Table.ORIGIN_IN, key(origin, lane)));
  }

  /** All committed windows of an origin, highest lane first, then lowest epoch first. */
  public List<LaneWindow> all(AgencyName origin) {
    List<LaneWindow> out = new ArrayList<>();
    for (Lane lane : Lane.all()) {
      read(origin, lane).all().forEach(window -> out.add(new LaneWindow(lane, window)));
    }
    return out;
  }

  /** Origins from which anything was ever received. */
  public List<AgencyName> origins() {
    List<AgencyName> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.ORIGIN_IN, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        AgencyName origin =
            new AgencyName(org.entente.gateway.store.KeyReader.of(scan.key()).ascii());
        if (!out.contains(origin)) {
          out.add(origin);
        }
      }
    }
    return out;
  }

  private static OriginWindows decode(byte @Nullable [] value) {
    try {
      return value == null ? OriginWindows.none() : OriginWindows.decode(value);
    } catch (IllegalArgumentException e) {
      throw new CorruptRecord("ORIGIN_IN", e);
    }
  }

  private static byte[] key(AgencyName origin, Lane lane) {
    return KeyBuilder.key().ascii(origin.value()).u8(lane.number()).done();
  }
}
