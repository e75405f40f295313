package org.entente.gateway.simulation;

import java.time.Duration;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.node.assembly.GatewayCore;
import org.entente.gateway.seal.format.Stanza;
import org.entente.proto.store.v1.HopEntry;

/**
 * A transit that lets every second number of a lane fall, whenever it comes, until it is told to
 * stop.
 */
final class Suppression {
  private static final long EVERY = Duration.ofMillis(730).toNanos();
  private static final long OPEN_FOR = Duration.ofMillis(20).toNanos();

  private final SimNode transit;
  private final AgencyName recipient;
  private final Lane lane;
  private final VirtualTime time;
  private boolean over;

  Suppression(SimNode transit, AgencyName recipient, Lane lane, VirtualTime time) {
    this.transit = transit;
    this.recipient = recipient;
    this.lane = lane;
    this.time = time;
  }

  /** Holds the lane, and lets through at intervals what it does not drop. */
  void begin() {
    SimNode.Run process = transit.process();
    if (process == null) {
      throw new IllegalStateException(transit.name() + " does not run");
    }
    process.run(
        () -> {
          drop(process.core());
          process.core().links().unpause(recipient, lane);
        });
    if (!over) {
      process.post(OPEN_FOR, () -> hold(process.core()));
      time.after(EVERY, this::begin);
    }
  }

  private void hold(GatewayCore core) {
    if (!over) {
      core.links().pause(recipient, lane);
    }
  }

  private void drop(GatewayCore core) {
    if (over) {
      return;
    }
    HopQueueTable hops = core.ledger().hops();
    for (HopQueueTable.NumberedEntry one : hops.read(recipient, lane, 1, 64, 1 << 20)) {
      boolean odd =
          one.entry().getRecipientsList().stream()
              .map(r -> Stanza.parse(r.getStanza().toByteArray()).orElseThrow())
              .anyMatch(stanza -> stanza.number(lane).sequence() % 2 == 1);
      HopEntry dropped = one.entry().toBuilder().clearRecipients().build();
      if (odd) {
        core.ledger()
            .commit(lane, tx -> hops.replace(tx, recipient, lane, one.sequence(), dropped));
      }
    }
  }

  /** Lets everything through from now on. */
  void end() {
    over = true;
    begin();
  }
}
