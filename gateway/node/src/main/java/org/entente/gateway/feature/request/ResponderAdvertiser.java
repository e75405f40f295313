package org.entente.gateway.feature.request;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.intake.WaitingShare;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.OutboundSealer;
import org.entente.proto.store.v1.AdvertisingRecord;
import org.entente.proto.store.v1.ResponderRecord;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Responder;
import org.entente.proto.v1.ResponderList;
import org.jspecify.annotations.Nullable;

/**
 * Tells each agency which responders of this one it may ask, limited to the categories in which an
 * agreement in force permits its requests. It sends a list when the content changes, by a
 * registration, an agreement or a membership, and at least once a day. Between two lists for an
 * agency lies a minute at least, however often clients change their responders. While the last one
 * waits for an agency that is away, it gets one a day. None is sent while the disk is full. The
 * same commit records what was sent. One thread calls {@link #round} regularly.
 */
public final class ResponderAdvertiser {
  private static final Duration AGAIN = Duration.ofDays(1);
  private static final Duration APART = Duration.ofMinutes(1);

  /** Whose the lists are among what waits; no client's name has a slash. */
  private static final String SHARER = "responders/";

  private final AgencyName self;
  private final Ledger ledger;
  private final ResponderTable book;
  private final WaitingShare waiting;
  private final Supplier<Policy> policy;
  private final OutboundSealer outbound;
  private final Dispatch dispatch;
  private final InstantSource clock;
  private final RandomGenerator random;

  /** An advertiser for a ledger. */
  public ResponderAdvertiser(
      AgencyName self,
      Ledger ledger,
      Supplier<Policy> policy,
      OutboundSealer outbound,
      Dispatch dispatch,
      InstantSource clock,
      RandomGenerator random) {
    this.self = self;
    this.ledger = ledger;
    this.book = ResponderTable.of(ledger);
    this.waiting = new WaitingShare(ledger);
    this.policy = policy;
    this.outbound = outbound;
    this.dispatch = dispatch;
    this.clock = clock;
    this.random = random;
  }

  /** Sends the lists that are due; returns the number of agencies. */
  public int round() {
    List<ResponderRecord> own = book.own();
    Map<AgencyName, AdvertisingRecord> told = book.told();
    if ((own.isEmpty() && told.isEmpty()) || ledger.room().refusal().isPresent()) {
      return 0;
    }
    Instant now = clock.instant();
    Policy inForce = policy.get();
    int sent = 0;
    for (AgencyName agency : inForce.membership().agencies()) {
      if (!agency.equals(self)) {
        List<Responder> seen = seen(own, inForce.askable(agency, self, now));
        sent += tell(inForce, agency, seen, told.get(agency), now) ? 1 : 0;
      }
    }
    return sent;
  }

  /** The responders, limited to their askable categories. */
  static List<Responder> seen(List<ResponderRecord> own, Set<Category> askable) {
    return own.stream()
        .map(record -> narrowed(record.getResponder(), askable))
        .filter(responder -> responder.getCategoriesCount() > 0)
        .limit(LabelCheck.MAX_RESPONDERS)
        .toList();
  }

  /** A responder, limited to these categories. */
  static Responder narrowed(Responder responder, Set<Category> askable) {
    List<Category> categories =
        responder.getCategoriesList().stream().filter(askable::contains).toList();
    return responder.toBuilder().clearCategories().addAllCategories(categories).build();
  }

  private boolean tell(
      Policy inForce,
      AgencyName agency,
      List<Responder> seen,
      @Nullable AdvertisingRecord before,
      Instant now) {
    byte[] hash =
        Sha256.hash(ResponderList.newBuilder().addAllResponders(seen).build().toByteArray());
    if (!isDue(seen, hash, before, waiting.waits(agency, Lane.ROUTINE, SHARER), now)) {
      return false;
    }
    ResponderList list =
        ResponderList.newBuilder()
            .addAllResponders(seen)
            .setAt(Timestamps.fromMillis(now.toEpochMilli()))
            .build();
    List<SealingItem> items =
        inForce
            .messages()
            .responders(MessageId.fresh(self, now.toEpochMilli(), random), list, self, agency, now)
            .map(SealingItem::of)
            .stream()
            .toList();
    AdvertisingRecord told =
        AdvertisingRecord.newBuilder()
            .setListHash(ByteString.copyFrom(hash))
            .setAtMs(now.toEpochMilli())
            .build();
    send(agency, waiting.owned(outbound.seal(items), SHARER), told);
    return true;
  }

  static boolean isDue(
      List<Responder> seen,
      byte[] hash,
      @Nullable AdvertisingRecord before,
      boolean lastWaits,
      Instant now) {
    if (before == null) {
      return !seen.isEmpty();
    }
    boolean changed = !before.getListHash().equals(ByteString.copyFrom(hash));
    // A clock that was set back does not keep changes back.
    long age = Math.abs(now.toEpochMilli() - before.getAtMs());
    return age >= AGAIN.toMillis()
        ? changed || !seen.isEmpty()
        : changed && !lastWaits && age >= APART.toMillis();
  }

  private void send(
      AgencyName agency, List<OutboundSealer.ReadyEnvelope> sealed, AdvertisingRecord told) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          book.told(tx, agency, told);
          for (OutboundSealer.ReadyEnvelope ready : sealed) {
            dispatch.submit(tx, ready.outgoing());
            tx.audit(
                AuditRecord.of(
                    AuditType.ACCEPTED,
                    LawCategory.NONE,
                    Instant.ofEpochMilli(tx.nowMillis()),
                    AuditActor.gateway(self),
                    AuditSubject.of(ready.envelope(), ready.messages(), List.of(agency))
                        .headed(ready.outgoing().headerHash())));
          }
          return agency;
        });
  }
}
