package org.entente.gateway.transmit;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains the outbox: queues mail that waited for a key or a route, repeats mail that a peer
 * accepted but the recipient has not confirmed, withdraws expired mail, ends the custody of expired
 * mail of others, and repeats void statements. Called regularly by one thread. A call examines a
 * bounded page of each recipient's lane, so its cost does not depend on the backlog, and the next
 * call continues where this one stopped.
 */
public final class OutboxMaintenance {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxMaintenance.class);

  /** First wait for a recipient's signed confirmation; doubles with every attempt. */
  static final long FIRST_WAIT_MILLIS = 10_000;

  /** The longest wait. */
  static final long LONGEST_WAIT_MILLIS = 3_600_000;

  /** Receipts of the recipient itself without a signed confirmation that are an alarm. */
  static final int ALARMING_RECEIPTS = 2;

  /**
   * Requests of the recipient's link for another stanza that are an alarm. The pauses between them
   * take about four minutes. An honest recipient may ask for less long: it is overloaded, lacks a
   * key, or has a wrong clock.
   */
  static final int ALARMING_ASKS = 12;

  /** Longer than a stream lets deliveries stay unanswered. */
  static final long UNDER_WAY_MILLIS = 60_000;

  /** Attempts without a pause, when a recipient says that it cannot open a message. */
  static final int PROMPT_ATTEMPTS = 3;

  /** The first pause after those attempts; it doubles too. */
  static final long FIRST_PAUSE_MILLIS = 1_000;

  /** The longest pause, so that a recipient with a wrong clock or wrong keys is not flooded. */
  static final long LONGEST_PAUSE_MILLIS = 60_000;

  /** Rounds between two requests for missing keys. */
  private static final int ROUNDS_A_REQUEST = 8;

  private static final int PAGE = 256;

  /** Most failures that are remembered, so that each is logged once. */
  private static final int MOST_FAILED = 1_000;

  /**
   * The two clocks used.
   *
   * @param clock for repetition
   * @param ending for expiry, as a withdrawn message is lost
   */
  public record Clocks(InstantSource clock, InstantSource ending) {}

  private record Place(AgencyName recipient, Lane lane) {}

  /** A pass over everything owed to a recipient, over as many rounds as its pages take. */
  private static final class OutboxPass {
    private final long marks;
    private final Set<Lane> unfinished = EnumSet.allOf(Lane.class);
    private boolean foundWaiting;

    OutboxPass(long marks) {
      this.marks = marks;
    }
  }

  private final Ledger ledger;
  private final DeliverySettlement settlement;
  private final WaitingRecipients waiting;
  private final Supplier<Set<AgencyName>> recipients;
  private final Predicate<AgencyName> reachable;
  private final RecipientNotices notices;
  private final Clocks times;
  private long rounds;
  private HopQueueTable.@Nullable PlacedEntry custodyPlace;
  private final Map<Place, OriginNumber> places = new HashMap<>();
  private final Map<AgencyName, OutboxPass> looks = new HashMap<>();

  /** What failed over one item since the start, which is logged once; of the writer alone. */
  private final Set<String> failed = new HashSet<>();

  /** Recipients for which the last round failed, which is logged once. */
  private final Set<AgencyName> failing = new HashSet<>();

  /**
   * Creates the maintenance of a ledger's outbox.
   *
   * @param recipients agencies to which mail may be owed
   * @param reachable whether a key and a route to an agency are known now
   * @param notices announces withdrawn numbers, and asks for missing keys
   * @param times the clocks for repeating and withdrawing mail
   */
  public OutboxMaintenance(
      Ledger ledger,
      DeliverySettlement settlement,
      WaitingRecipients waiting,
      Supplier<Set<AgencyName>> recipients,
      Predicate<AgencyName> reachable,
      RecipientNotices notices,
      Clocks times) {
    this.ledger = ledger;
    this.settlement = settlement;
    this.waiting = waiting;
    this.recipients = recipients;
    this.reachable = reachable;
    this.notices = notices;
    this.times = times;
  }

  /**
   * One round over all recipients. What fails for one recipient is logged and tried again in the
   * next round; it holds up no other. It throws only if the machine fails.
   */
  public void round() {
    rounds++;
    endExpiredCustody();
    for (AgencyName recipient : recipients.get()) {
      try {
        look(recipient);
        failing.remove(recipient);
      } catch (RuntimeException e) {
        if (ProcessingFailure.isOfTheMachine(e)) {
          throw e;
        }
        // What fails for one recipient must not keep mail from those after it.
        if (failing.add(recipient)) {
          LOG.error("upkeep of the mail for {} failed; it is tried again", recipient, e);
        }
      }
    }
  }

  private void look(AgencyName recipient) {
    boolean now = reachable.test(recipient);
    List<OutboxTable.NumberedEntry> withdrawn = new ArrayList<>();
    OutboxPass look = looks.computeIfAbsent(recipient, r -> new OutboxPass(waiting.marks(r)));
    for (Lane lane : Lane.all()) {
      withdrawn.addAll(page(recipient, lane, now, look));
    }
    conclude(recipient, look);
    if (now && !withdrawn.isEmpty()) {
      notices.withdraw(recipient, withdrawn);
    }
    if (!now && waiting.isWaiting(recipient) && rounds % ROUNDS_A_REQUEST == 0) {
      // The void was sent once, or will be, but can get lost.
      notices.askKeys(recipient);
    }
  }

  private void endExpiredCustody() {
    if (ledger.custody().isEmpty()) {
      custodyPlace = null;
      return;
    }
    List<HopQueueTable.PlacedEntry> page = ledger.hops().page(custodyPlace, PAGE);
    custodyPlace = page.size() < PAGE ? null : page.get(page.size() - 1);
    long before = times.ending().millis() - UNDER_WAY_MILLIS;
    List<HopQueueTable.PlacedEntry> expired =
        page.stream().filter(one -> settlement.isExpiredCustody(one.entry(), before)).toList();
    each(
        Lane.ROUTINE,
        expired,
        one -> "the custody of number %d to %s".formatted(one.sequence(), one.peer()),
        settlement::endCustody);
  }

  private void conclude(AgencyName recipient, OutboxPass look) {
    if (look.unfinished.isEmpty()) {
      looks.remove(recipient);
      if (!look.foundWaiting) {
        waiting.clear(recipient, look.marks);
      }
    }
  }

  private List<OutboxTable.NumberedEntry> page(
      AgencyName recipient, Lane lane, boolean reachableNow, OutboxPass look) {
    Place place = new Place(recipient, lane);
    List<OutboxTable.NumberedEntry> page =
        ledger.outbox().page(recipient, lane, places.get(place), PAGE);
    remember(place, page.size() < PAGE ? null : page.get(page.size() - 1).number());
    if (page.size() < PAGE) {
      look.unfinished.remove(lane);
    }
    look.foundWaiting |=
        page.stream().anyMatch(o -> o.entry().getState() == OutboxState.OUTBOX_STATE_WAITING);
    long now = times.clock().millis();
    long ending = times.ending().millis();
    List<OriginNumber> again = new ArrayList<>();
    List<OriginNumber> expired = new ArrayList<>();
    List<OriginNumber> unconfirmed = new ArrayList<>();
    List<OutboxTable.NumberedEntry> withdrawn = new ArrayList<>();
    for (OutboxTable.NumberedEntry one : page) {
      boolean undecided = one.entry().getUndecided();
      if (one.entry().getState() == OutboxState.OUTBOX_STATE_VOID
          && !(undecided && hasExpired(one.entry(), ending))) {
        withdrawn.add(one);
      } else if (hasExpired(one.entry(), ending)) {
        expired.add(one.number());
      } else if (reachableNow
          && (isDue(one.entry(), now) || mayMove(recipient, lane, one.entry(), now))) {
        again.add(one.number());
        if (isUnconfirmed(one.entry())) {
          unconfirmed.add(one.number());
        }
      }
    }
    each(
        lane,
        again,
        number -> "the repetition to %s of %s".formatted(recipient, number),
        (tx, number) -> settlement.again(tx, recipient, number));
    each(
        lane,
        expired,
        number -> "the end of delivery to %s of %s".formatted(recipient, number),
        (tx, number) -> expire(tx, recipient, number));
    if (!unconfirmed.isEmpty()) {
      notices.unconfirmed(recipient, unconfirmed);
    }
    return withdrawn;
  }

  /** Applies a change for each. One that fails is logged once, and holds up no other. */
  private <T> void each(
      Lane lane, List<T> items, Function<T, String> what, BiConsumer<Transaction, T> change) {
    ledger.commitEach(lane, items, (tx, item) -> alone(tx, item, what, change));
  }

  private <T> void alone(
      Transaction tx, T item, Function<T, String> what, BiConsumer<Transaction, T> change) {
    try {
      tx.within(
          inner -> {
            change.accept(inner, item);
            return item;
          });
    } catch (RuntimeException e) {
      if (ProcessingFailure.isOfTheMachine(e)) {
        throw e;
      }
      if (failed.size() < MOST_FAILED && failed.add(what.apply(item))) {
        LOG.error("{} failed; it is tried again", what.apply(item), e);
      }
    }
  }

  private void expire(Transaction tx, AgencyName recipient, OriginNumber number) {
    settlement.withdraw(tx, recipient, number, Code.EXPIRED, "not delivered before its expiry");
  }

  /**
   * Whether an entry has expired; a queued one gets extra time, as it or its answer may be in
   * transit.
   */
  private static boolean hasExpired(OutboxEntry entry, long now) {
    boolean queued = entry.getState() == OutboxState.OUTBOX_STATE_QUEUED;
    return entry.getExpiresAtMs() <= now - (queued ? UNDER_WAY_MILLIS : 0);
  }

  /** Whether the recipient itself answered repeatedly and never signed for it. */
  private static boolean isUnconfirmed(OutboxEntry entry) {
    boolean repeated =
        switch (entry.getState()) {
          case OUTBOX_STATE_RELAYED -> entry.getUnanswered() >= ALARMING_RECEIPTS;
          case OUTBOX_STATE_WAITING -> entry.getStanzaAsks() >= ALARMING_ASKS;
          default -> false;
        };
    return repeated && !entry.getRelayTold();
  }

  /**
   * Whether it waits long in the queue of a transit, or a while if the link does not carry mail,
   * and another transit's link does. The waits double, so that an honest backlog is overcome.
   */
  private boolean mayMove(AgencyName recipient, Lane lane, OutboxEntry entry, long now) {
    long waited = now - entry.getQueuedAtMs();
    int moves = entry.getAttempts() - 1;
    // Queued in the future: as in isDue.
    return (waited < 0 || waited >= doubled(FIRST_WAIT_MILLIS, moves, LONGEST_WAIT_MILLIS))
        && settlement.mayMove(
            recipient,
            lane,
            entry,
            waited >= doubled(UNDER_WAY_MILLIS, moves, LONGEST_WAIT_MILLIS));
  }

  static boolean isDue(OutboxEntry entry, long now) {
    long wait =
        switch (entry.getState()) {
          case OUTBOX_STATE_WAITING -> pauseAfter(entry.getAttempts());
          case OUTBOX_STATE_RELAYED -> waitAfter(entry.getUnanswered());
          case OUTBOX_STATE_REJECTED -> waitAfter(entry.getUnanswered());
          default -> Long.MAX_VALUE;
        };
    long waited = now - entry.getQueuedAtMs();
    // Queued in the future: the clock was set back, so the waiting time is unknown.
    return wait < Long.MAX_VALUE && (waited >= wait || waited < 0);
  }

  /** The wait for the recipient's confirmation after this many unanswered attempts. */
  static long waitAfter(int unanswered) {
    return doubled(FIRST_WAIT_MILLIS, unanswered - 1, LONGEST_WAIT_MILLIS);
  }

  /** The pause for a message that was queued this often and could not be opened. */
  static long pauseAfter(int attempts) {
    return attempts <= PROMPT_ATTEMPTS
        ? 0
        : doubled(FIRST_PAUSE_MILLIS, attempts - PROMPT_ATTEMPTS - 1, LONGEST_PAUSE_MILLIS);
  }

  private static long doubled(long first, int times, long most) {
    return Math.min(first << Math.min(Math.max(times, 0), 20), most);
  }

  private void remember(Place place, @Nullable OriginNumber last) {
    if (last == null) {
      places.remove(place);
    } else {
      places.put(place, last);
    }
  }
}
