package org.entente.gateway.transmit;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.OutboxBook;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.OriginNumber;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.jspecify.annotations.Nullable;

/**
 * Looks after what is owed: queues what waited for a key or a route, sends again what a transit
 * took and the recipient has not confirmed, withdraws what expired, and repeats void statements.
 * Called regularly by one thread; a call looks at a bounded page of each recipient's lane, so a
 * backlog of any size costs the same, and the next call goes on where this one stopped.
 */
public final class Upkeep {
  /** First wait for a recipient's confirmation behind a transit; doubles with every attempt. */
  static final long FIRST_WAIT_MILLIS = 10_000;

  /** The longest wait. */
  static final long LONGEST_WAIT_MILLIS = 3_600_000;

  private static final int PAGE = 256;

  private record Place(AgencyName recipient, Lane lane) {}

  /** A look at all that is owed to a recipient, over as many rounds as its pages take. */
  private static final class Look {
    private final long marks;
    private final Set<Lane> unfinished = EnumSet.allOf(Lane.class);
    private boolean foundWaiting;

    Look(long marks) {
      this.marks = marks;
    }
  }

  private final Ledger ledger;
  private final Settlement settlement;
  private final WaitingRecipients waiting;
  private final Supplier<Set<AgencyName>> recipients;
  private final Predicate<AgencyName> reachable;
  private final BiConsumer<AgencyName, List<OutboxBook.Numbered>> voids;
  private final InstantSource clock;
  private final Map<Place, OriginNumber> places = new HashMap<>();
  private final Map<AgencyName, Look> looks = new HashMap<>();

  /**
   * Upkeep of a ledger.
   *
   * @param recipients agencies to which anything may be owed
   * @param reachable whether a key and a route to an agency are known now
   * @param voids sends a statement that withdraws these numbers
   */
  public Upkeep(
      Ledger ledger,
      Settlement settlement,
      WaitingRecipients waiting,
      Supplier<Set<AgencyName>> recipients,
      Predicate<AgencyName> reachable,
      BiConsumer<AgencyName, List<OutboxBook.Numbered>> voids,
      InstantSource clock) {
    this.ledger = ledger;
    this.settlement = settlement;
    this.waiting = waiting;
    this.recipients = recipients;
    this.reachable = reachable;
    this.voids = voids;
    this.clock = clock;
  }

  /** One round over all recipients. */
  public void round() {
    for (AgencyName recipient : recipients.get()) {
      boolean now = reachable.test(recipient);
      List<OutboxBook.Numbered> withdrawn = new ArrayList<>();
      Look look = looks.computeIfAbsent(recipient, r -> new Look(waiting.marks(r)));
      for (Lane lane : Lane.all()) {
        withdrawn.addAll(page(recipient, lane, now, look));
      }
      conclude(recipient, look);
      if (now && !withdrawn.isEmpty()) {
        voids.accept(recipient, withdrawn);
      }
    }
  }

  private void conclude(AgencyName recipient, Look look) {
    if (look.unfinished.isEmpty()) {
      looks.remove(recipient);
      if (!look.foundWaiting) {
        waiting.clear(recipient, look.marks);
      }
    }
  }

  private List<OutboxBook.Numbered> page(
      AgencyName recipient, Lane lane, boolean reachableNow, Look look) {
    Place place = new Place(recipient, lane);
    List<OutboxBook.Numbered> page = ledger.outbox().page(recipient, lane, places.get(place), PAGE);
    remember(place, page.size() < PAGE ? null : page.get(page.size() - 1).number());
    if (page.size() < PAGE) {
      look.unfinished.remove(lane);
    }
    look.foundWaiting |=
        page.stream().anyMatch(o -> o.entry().getState() == OutboxState.OUTBOX_STATE_WAITING);
    long now = clock.millis();
    List<OriginNumber> again = new ArrayList<>();
    List<OriginNumber> expired = new ArrayList<>();
    List<OutboxBook.Numbered> withdrawn = new ArrayList<>();
    for (OutboxBook.Numbered one : page) {
      if (one.entry().getState() == OutboxState.OUTBOX_STATE_VOID) {
        withdrawn.add(one);
      } else if (one.entry().getExpiresAtMs() <= now
          && one.entry().getState() != OutboxState.OUTBOX_STATE_QUEUED) {
        expired.add(one.number());
      } else if (reachableNow && isDue(one.entry(), now)) {
        again.add(one.number());
      }
    }
    change(recipient, lane, again, expired);
    return withdrawn;
  }

  private void change(
      AgencyName recipient, Lane lane, List<OriginNumber> again, List<OriginNumber> expired) {
    if (again.isEmpty() && expired.isEmpty()) {
      return;
    }
    ledger
        .write(
            lane,
            tx -> {
              again.forEach(number -> settlement.again(tx, recipient, number));
              expired.forEach(
                  number ->
                      settlement.withdraw(
                          tx, recipient, number, Code.EXPIRED, "not delivered before its expiry"));
              return again.size();
            })
        .join();
  }

  private static boolean isDue(OutboxEntry entry, long now) {
    return switch (entry.getState()) {
      case OUTBOX_STATE_WAITING -> true;
      case OUTBOX_STATE_RELAYED -> now - entry.getQueuedAtMs() > waitAfter(entry.getAttempts());
      default -> false;
    };
  }

  /** How long the recipient's confirmation is waited for after so many attempts. */
  static long waitAfter(int attempts) {
    int doublings = Math.min(Math.max(attempts - 1, 0), 20);
    return Math.min(FIRST_WAIT_MILLIS << doublings, LONGEST_WAIT_MILLIS);
  }

  private void remember(Place place, @Nullable OriginNumber last) {
    if (last == null) {
      places.remove(place);
    } else {
      places.put(place, last);
    }
  }
}
